/** All rows, by the names that npm run bench takes. */
import type { Lab } from './lib/lab.ts';
import type { Row } from './lib/row.ts';
import { answerInShell } from './rows/answer-in-shell.ts';
import { heldSession } from './rows/held-session.ts';
import { keyEcho } from './rows/key-echo.ts';
import { manyTerminals } from './rows/many-terminals.ts';
import { notYet } from './rows/not-yet.ts';
import { openPage } from './rows/open-page.ts';
import { openSession } from './rows/open-session.ts';
import { pamFidelity } from './rows/pam-fidelity.ts';
import { passwordCopies } from './rows/password-copies.ts';
import { reAdopt } from './rows/re-adopt.ts';
import { readiness } from './rows/readiness.ts';
import { serverMemory } from './rows/server-memory.ts';
import { sessionRate } from './rows/session-rate.ts';
import { signIn } from './rows/sign-in.ts';
import { signInRate } from './rows/sign-in-rate.ts';
import { signInUnderGuessing } from './rows/sign-in-under-guessing.ts';
import { signInsInAMinute } from './rows/sign-ins-in-a-minute.ts';
import { start } from './rows/start.ts';
import { terminalMemory } from './rows/terminal-memory.ts';

export const benches: Readonly<Record<string, (lab: Lab) => Promise<Row[]>>> = {
  'open-session': openSession,
  'sign-in': signIn,
  'answer-in-shell': answerInShell,
  'sign-in-under-guessing': signInUnderGuessing,
  'sign-in-rate': signInRate,
  'session-rate': sessionRate,
  'held-session': heldSession,
  'terminal-memory': terminalMemory,
  'server-memory': serverMemory,
  'key-echo': keyEcho,
  start,
  're-adopt': reAdopt,
  readiness,
  'pam-fidelity': pamFidelity,
  'password-copies': passwordCopies,
  'sign-ins-in-a-minute': signInsInAMinute,
  'many-terminals': manyTerminals,
  'open-page': openPage,
  'not-yet': notYet,
};
