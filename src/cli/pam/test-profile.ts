/** Has a leader of our own call PAM, answers its questions, and collects what came of each call. */
import { randomBytes } from 'node:crypto';
import {
  LEADER_STAGES,
  PATHS,
  PROMPT_STYLES,
  type TEST_OPERATIONS,
} from '../../protocol/broker-leader.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { SignedKey } from '../../protocol/verify-key.ts';
import { type FromLeader, type LeaderLink, linkLeader } from '../run/leader-link.ts';
import { RunError } from '../run/run-error.ts';
import { sealSecret } from '../run/seal-secret.ts';
import type { Event, LoggedLine, Outcome, Said } from './outcome.ts';
import { codeName, readLogged } from './words.ts';

export type Operation = (typeof TEST_OPERATIONS)[number];
export interface ProfileTest {
  readonly profile: string;
  readonly user: string;
  readonly rhost: string;
  readonly operations: readonly Operation[];
  /** null: there will be no answer. What comes is wiped. */
  readonly ask: (text: string, hidden: boolean) => Buffer | null;
  readonly tell: (event: Event) => void;
  readonly paths?: { readonly rootd: string; readonly hostPublicKey: string };
}

interface Talk {
  readonly test: ProfileTest;
  readonly link: LeaderLink;
  readonly conversation: ConversationId;
  readonly hostKeyFile: string;
  key: SignedKey | null;
  /** Of the call under way. */
  texts: Said[];
  syslog: LoggedLine[];
  waitedMs: number;
}

/** One outcome for each operation that was called: all, or up to the first that failed. */
export async function testProfile(test: ProfileTest): Promise<Outcome[]> {
  const { profile, user, rhost, operations, paths = PATHS } = test;
  const conversation = randomBytes(16);
  const link = await linkLeader(paths.rootd);
  try {
    link.send({ name: 'test', conversation, service: profile, user, rhost, operations });
    const id = conversation.toString('hex') as ConversationId;
    const begin = { key: null, texts: [], syslog: [], waitedMs: 0 };
    const hostKeyFile = paths.hostPublicKey;
    return await hearOutcomes({ test, link, conversation: id, hostKeyFile, ...begin });
  } finally {
    link.destroy();
  }
}

async function hearOutcomes(talk: Talk): Promise<Outcome[]> {
  const { operations, tell } = talk.test;
  const outcomes: Outcome[] = [];
  for (const [index, operation] of operations.entries()) {
    tell({ kind: 'calling', operation });
    const outcome = await hearOutcome(talk);
    outcomes.push(outcome);
    tell({ kind: 'returned', outcome });
    const mayFollow = outcome.name === 'PAM_NEW_AUTHTOK_REQD' && operations[index + 1];
    if (outcome.code !== 0 && mayFollow !== 'chauthtok') break;
  }
  return outcomes;
}

async function hearOutcome(talk: Talk): Promise<Outcome> {
  Object.assign(talk, { texts: [], syslog: [], waitedMs: 0 });
  for (;;) {
    const message = await talk.link.next();
    if (message.name === 'tested') return outcomeOf(talk, message);
    if (message.name === 'failed') throw startFailure(talk.test, message);
    if (message.name === 'key') talk.key = message;
    else if (message.name === 'logged') noteLogged(talk, message.line);
    else if (message.name === 'prompt') answer(talk, message);
    else
      throw new RunError(`wanted the result of a call, came '${message.name}'; restart the server`);
  }
}

function outcomeOf(talk: Talk, message: Extract<FromLeader, { name: 'tested' }>): Outcome {
  const { texts, syslog, waitedMs } = talk;
  const { operation, code, text } = message;
  const microseconds = Math.max(0, Number(message.microseconds) - Math.round(waitedMs * 1000));
  return { operation, code, name: codeName(code), text, microseconds, texts, syslog };
}

function startFailure(
  { profile }: ProfileTest,
  { stage, text }: Extract<FromLeader, { name: 'failed' }>,
): RunError {
  const where = LEADER_STAGES[stage] ?? stage;
  return new RunError(`wanted to test profile '${profile}', came: ${text} (stage '${where}')`);
}

function noteLogged(talk: Talk, line: string): void {
  const logged = readLogged(line);
  talk.syslog.push(logged);
  talk.test.tell({ kind: 'logged', logged });
}

/** Texts are shown in their place among the questions. */
function answer(talk: Talk, prompt: Extract<FromLeader, { name: 'prompt' }>): void {
  const sealed: Uint8Array[] = [];
  for (const [index, text] of prompt.texts.entries()) {
    const style = prompt.styles[index];
    if (style === PROMPT_STYLES.info || style === PROMPT_STYLES.error) {
      const said: Said = { style: style === PROMPT_STYLES.info ? 'info' : 'error', text };
      talk.texts.push(said);
      talk.test.tell({ kind: 'said', said });
      continue;
    }
    const record = askAndSeal(talk, prompt.first + index, text, style === PROMPT_STYLES.hidden);
    if (record === null) {
      talk.link.send({ name: 'cancel' });
      return;
    }
    sealed.push(record);
  }
  if (sealed.length > 0) talk.link.send({ name: 'answer', first: prompt.first, sealed });
}

function askAndSeal(talk: Talk, prompt: number, text: string, hidden: boolean): Uint8Array | null {
  const { test, conversation, key, hostKeyFile } = talk;
  const begin = performance.now();
  const secret = test.ask(text, hidden);
  talk.waitedMs += performance.now() - begin;
  if (secret === null) return null;
  try {
    return sealSecret({ conversation, user: test.user, key, hostKeyFile }, prompt, secret);
  } finally {
    secret.fill(0);
  }
}
