/** Has vestibule-pam-test call PAM, answers its questions, and collects what came of each call. */
import { randomBytes } from 'node:crypto';
import type { FromLeader } from '../../launcher/leader-connection.ts';
import { LEADER_STAGES, PATHS, type TEST_OPERATIONS } from '../../protocol/broker-leader.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import { type Ask, answerPrompt, type Conversation } from '../run/answer-prompt.ts';
import { type LeaderLink, linkLeader } from '../run/leader-link.ts';
import type { Limits, Patience } from '../run/patience.ts';
import { RunError } from '../run/run-error.ts';
import type { Event, LoggedLine, Outcome, Said } from './outcome.ts';
import { codeName, readLogged } from './words.ts';

export type Operation = (typeof TEST_OPERATIONS)[number];
export interface ProfileTest {
  readonly profile: string;
  readonly user: string;
  readonly rhost: string;
  readonly operations: readonly Operation[];
  readonly ask: Ask;
  readonly tell: (event: Event) => void;
  readonly limits: Limits;
  readonly paths?: { readonly pamTest: string; readonly hostPublicKey: string };
}

interface Talk extends Conversation {
  readonly test: ProfileTest;
  readonly link: LeaderLink;
  /** Of the current call. */
  texts: Said[];
  syslog: LoggedLine[];
  waitedMs: number;
}

/** One outcome for each operation that was called: all, or those up to the first failure. */
export async function testProfile(test: ProfileTest): Promise<Outcome[]> {
  const { profile, user, rhost, operations, limits, paths = PATHS } = test;
  const conversation = randomBytes(16);
  const link = await linkLeader(paths.pamTest, limits);
  try {
    link.send({ name: 'test', conversation, service: profile, user, rhost, operations });
    const id = conversation.toString('hex') as ConversationId;
    return await hearOutcomes(startTalk(test, link, id, paths.hostPublicKey));
  } finally {
    link.destroy();
  }
}

function startTalk(
  test: ProfileTest,
  link: LeaderLink,
  conversation: ConversationId,
  hostKeyFile: string,
): Talk {
  const { user } = test;
  const talk: Talk = {
    ...{ test, link, conversation, hostKeyFile, user },
    ...{ key: null, texts: [], syslog: [], waitedMs: 0 },
    ask: (text, hidden) => {
      const begin = performance.now();
      const answer = test.ask(text, hidden);
      talk.waitedMs += performance.now() - begin;
      return answer;
    },
    tell: (text, style) => {
      talk.texts.push({ style, text });
      test.tell({ kind: 'said', said: { style, text } });
    },
  };
  return talk;
}

async function hearOutcomes(talk: Talk): Promise<Outcome[]> {
  const { operations, tell } = talk.test;
  const outcomes: Outcome[] = [];
  for (const [index, operation] of operations.entries()) {
    tell({ kind: 'calling', operation });
    const isOpen = outcomes.some(({ operation: name }) => name === 'open_session');
    const outcome = await hearOutcome(talk, patienceFor(talk.test, operation, isOpen));
    outcomes.push(outcome);
    tell({ kind: 'returned', outcome });
    const mayFollow = outcome.name === 'PAM_NEW_AUTHTOK_REQD' && operations[index + 1];
    if (outcome.code !== 0 && mayFollow !== 'chauthtok') break;
  }
  return outcomes;
}

/** Once the session is open, the leader's watch does not limit the time of calls any more. */
function patienceFor(
  { profile, limits }: ProfileTest,
  operation: Operation,
  isOpen: boolean,
): Patience {
  const what = `the result of '${operation}' by profile '${profile}'`;
  const ms = operation === 'authenticate' || operation === 'chauthtok' ? limits.person : limits.pam;
  return isOpen ? { what, ms: Math.max(ms, limits.end) } : { what, ms, watched: true };
}

async function hearOutcome(talk: Talk, patience: Patience): Promise<Outcome> {
  Object.assign(talk, { texts: [], syslog: [], waitedMs: 0 });
  for (;;) {
    const message = await talk.link.next(patience);
    if (message.name === 'tested') return outcomeOf(talk, message);
    if (message.name === 'failed') throw startFailure(talk.test, message);
    if (message.name === 'key') talk.key = message;
    else if (message.name === 'logged') noteLogged(talk, message.line);
    else if (message.name === 'prompt') answerPrompt(talk.link, message, talk);
    else
      throw new RunError(`wanted the result of a call, got '${message.name}'; restart the server`);
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
  return new RunError(`wanted to test profile '${profile}', got: ${text} (stage '${where}')`);
}

function noteLogged(talk: Talk, line: string): void {
  const logged = readLogged(line);
  talk.syslog.push(logged);
  talk.test.tell({ kind: 'logged', logged });
}
