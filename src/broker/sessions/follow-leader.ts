/** From here on a session does what its leader says: one function for each message. */
import { exitStatus } from '../../lib/exit-status.ts';
import { log } from '../../lib/log.ts';
import { type fromLeader, PROMPT_STYLES } from '../../protocol/broker-leader.ts';
import type { MessageOf } from '../../protocol/codec.ts';
import { SCROLLBACK_BYTES } from '../../protocol/gateway-session.ts';
import type { Broker, Link } from '../context.ts';
import type { FromLeader } from '../leader-client.ts';
import { isVerdict } from '../pam-verdict.ts';
import { recheck } from '../tickets/recheck.ts';
import { changeSession, noteSession } from './change-session.ts';
import { endLeader, watchEnding } from './end-session.ts';
import { explainFailure } from './explain-failure.ts';
import { makeKey } from './session-keys.ts';

type Message<N extends keyof typeof fromLeader> = MessageOf<typeof fromLeader, N>;
type Handlers = {
  readonly [N in keyof typeof fromLeader]: (
    broker: Broker,
    link: Link,
    message: Message<N>,
  ) => void;
};

const handlers: Handlers = {
  hello: misplaced,
  authenticated: misplaced,
  checked: misplaced,
  tested: misplaced,
  logged: misplaced,
  /** Nobody will answer, so there is nothing to seal. */
  key: () => {},
  prompt: takePrompt,
  opened: (broker, link, { tty }) => {
    link.opened = true;
    noteSession(broker, link.session, { tty: tty || null });
    if (stateOf(broker, link) === 'ending') endLeader(broker, link);
    else spawnProgram(link);
  },
  spawned: (broker, link, { pid }) => {
    const state = stateOf(broker, link);
    if (state === 'starting') changeSession(broker, link.session, 'running', { pid });
    else noteSession(broker, link.session, { pid });
  },
  failed: takeFailure,
  exited: (broker, link, { status }) => {
    const change = { exitStatus: exitStatus(status) };
    if (stateOf(broker, link) === 'ending') noteSession(broker, link.session, change);
    else changeSession(broker, link.session, 'ending', change);
    watchEnding(broker, link);
  },
  closed: settleClosed,
};

export function takeMessage(broker: Broker, link: Link, message: FromLeader): void {
  const handle = handlers[message.name] as (b: Broker, l: Link, m: FromLeader) => void;
  handle(broker, link, message);
}

/** Runs the user's login shell: an empty argv. */
export function spawnProgram(link: Link): void {
  link.key = makeKey();
  link.leader.send({
    name: 'spawn',
    argv: [],
    environment: [],
    key: link.key,
    lossless: 0,
    scrollback: SCROLLBACK_BYTES,
  });
}

/** The PAM session is closed: the end, good when nothing had failed before. Its leader stays until that is written. */
export function settleClosed(broker: Broker, link: Link): void {
  const row = broker.sessions.find(link.session);
  if (row !== undefined && row.ended === null) {
    if (row.state === 'starting') changeSession(broker, row.id, 'ending');
    changeSession(broker, row.id, row.problem === null ? 'ended' : 'failed');
  }
  link.leader.send({ name: 'end' });
  forgetLink(broker, link);
}

export function forgetLink(broker: Broker, link: Link): void {
  if (link.stuckTimer) clearTimeout(link.stuckTimer);
  if (broker.links.get(link.session) === link) broker.links.delete(link.session);
  link.leader.destroy();
}

/** Sessions open without the user: a profile that asks cannot work, its informing texts are kept for a failure. */
function takePrompt(_: Broker, link: Link, { styles, texts }: Message<'prompt'>): void {
  const asks = (style: number) => style === PROMPT_STYLES.hidden || style === PROMPT_STYLES.shown;
  if (styles.some(asks)) {
    log.warning('session-asks', { session: link.session, texts });
    link.leader.send({ name: 'cancel' });
  }
  link.texts.push(...texts.filter((_text, index) => styles[index] === PROMPT_STYLES.error));
}

function takeFailure(broker: Broker, link: Link, { stage, code, text }: Message<'failed'>): void {
  const { problem, detail } = explainFailure({ stage, code, text, words: link.texts });
  if (!link.opened) {
    forgetLink(broker, link);
    const row = changeSession(broker, link.session, 'failed', { problem }, detail);
    if (isVerdict({ stage, code })) void recheck(broker, row, 0);
    return;
  }
  // The PAM session is open and must be closed in order.
  if (stateOf(broker, link) === 'ending') noteSession(broker, link.session, { problem });
  else changeSession(broker, link.session, 'ending', { problem }, detail);
  endLeader(broker, link);
}

function misplaced(_broker: Broker, link: Link, { name }: FromLeader): never {
  throw new Error(`the leader of session ${link.session} sent '${name}', which has no place here`);
}

function stateOf(broker: Broker, link: Link) {
  return broker.sessions.find(link.session)?.state;
}
