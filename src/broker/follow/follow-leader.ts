/** From here on a session does what its leader says: one function for each message. */

import type { FromLeader } from '../../launcher/leader-connection.ts';
import { exitStatus } from '../../lib/exit-status.ts';
import { inBackground } from '../../lib/in-background.ts';
import type { fromLeader } from '../../protocol/broker-leader.ts';
import type { MessageOf } from '../../protocol/codec.ts';
import type { SessionId } from '../../protocol/ids.ts';
import type { PromptItem } from '../../protocol/page-gateway.ts';
import { changeSession, noteSession } from '../changes/change-session.ts';
import { forgetStep } from '../changes/forget-step.ts';
import { closeHome } from '../pam-sessions/close-homes.ts';
import { endLeader } from '../pam-sessions/end-session.ts';
import { endTalk, putQuestion, tellStarts } from '../pam-sessions/put-question.ts';
import { spawnProgram } from '../pam-sessions/spawn-program.ts';
import { watchStep } from '../pam-sessions/watch-step.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Broker, Link } from '../state/context.ts';
import { isAsk } from '../talks/pam-items.ts';
import { isVerdict } from '../talks/pam-verdict.ts';
import { recheck } from '../tickets/recheck.ts';
import { processOf } from '../views/leader-process.ts';
import { explainFailure } from './explain-failure.ts';
import { readLastWords } from './read-last-words.ts';

type Message<N extends keyof typeof fromLeader> = MessageOf<typeof fromLeader, N>;
type Handlers = {
  readonly [N in keyof typeof fromLeader]: (
    broker: Broker,
    link: Link,
    message: Message<N>,
  ) => void;
};

/** A module that talks without end. */
const MAX_TEXTS = 50;

const handlers: Handlers = {
  hello: misplaced,
  authenticated: misplaced,
  checked: misplaced,
  tested: misplaced,
  logged: misplaced,
  key: (_broker, link, message) => link.talk?.takeKey(message),
  prompt: takePrompt,
  opened: takeOpened,
  spawned: (broker, link, { pid, tty }) => {
    const state = stateOf(broker, link);
    const change = { pid, tty: tty || null };
    const late = state === 'stuck' && !broker.unwanted.has(link.session);
    if (state === 'starting') forgetStep(broker, link.session);
    if (state === 'starting' || late) changeSession(broker, link.session, 'running', change);
    else noteSession(broker, link.session, change);
  },
  failed: takeFailure,
  exited: (broker, link, { status, words }) => {
    const change = { exitStatus: exitStatus(status), lastWords: readLastWords(words) };
    if (stateOf(broker, link) === 'ending') noteSession(broker, link.session, change);
    else changeSession(broker, link.session, 'ending', change);
    watchStep(broker, link.session, 'end');
  },
  ended: (broker, link) => {
    settleEnded(broker, link);
    broker.store.whenWritten(() => link.leader.send({ name: 'end', session: link.session }));
  },
  closed: settleClosed,
};

/** owner: of the session whose PAM session it is. What names a session is about that one. */
export function takeMessage(broker: Broker, owner: Link, message: FromLeader): void {
  const named = 'session' in message ? broker.links.get(message.session as SessionId) : owner;
  if (named?.leader !== owner.leader) return; // it has come to its end here already
  const handle = handlers[message.name] as (b: Broker, l: Link, m: FromLeader) => void;
  handle(broker, named, message);
}

/** The PAM session is closed: the end of all that was in it. Its leader stays until that is written. */
export function settleClosed(broker: Broker, owner: Link): void {
  for (const link of linksOf(broker, owner)) if (link !== owner) settleEnded(broker, link);
  settleEnded(broker, owner);
  broker.store.whenWritten(() => {
    owner.leader.send({ name: 'end', session: owner.session });
    owner.leader.destroy();
  });
}

/** Nothing of it runs any more: good when nothing had failed before. */
export function settleEnded(broker: Broker, link: Link): void {
  const row = broker.sessions.find(link.session);
  if (row !== undefined && row.ended === null) {
    if (row.state === 'starting') changeSession(broker, row.id, 'ending');
    changeSession(broker, row.id, row.problem === null ? 'ended' : 'failed');
  }
  forgetLink(broker, link);
  if (row !== undefined) finishSession(broker, row);
}

function takeOpened(broker: Broker, link: Link, { tty }: Message<'opened'>): void {
  link.opened = true;
  endTalk(broker, link);
  const row = broker.sessions.find(link.session);
  const isHome = row?.kind === 'home';
  forgetStep(broker, link.session);
  // The program starts while its terminal's name is written down.
  if (broker.unwanted.has(link.session)) endLeader(broker, link);
  else if (!isHome) spawnProgram(broker, link);
  noteSession(broker, link.session, { tty: tty || null, ...processOf(link.leader.hello) });
  if (isHome && !broker.unwanted.has(link.session)) changeSession(broker, link.session, 'running');
}

/** It may have been what its person's home session was kept for. */
function finishSession(broker: Broker, { kind, user, uid }: SessionRow): void {
  if (kind === 'terminal') closeHome(broker, { user, uid });
}

function forgetLink(broker: Broker, link: Link): void {
  forgetStep(broker, link.session);
  endTalk(broker, link);
  if (broker.links.get(link.session) === link) broker.links.delete(link.session);
}

/** All that is tied to this connection. */
export function forgetLeader(broker: Broker, owner: Link): void {
  for (const link of linksOf(broker, owner)) forgetLink(broker, link);
  owner.leader.destroy();
}

function linksOf(broker: Broker, { leader }: Link): Link[] {
  return [...broker.links.values()].filter((link) => link.leader === leader);
}

/** Shown to the person who waits for it, and kept: for a failure, and for their home session's view. */
function takePrompt(broker: Broker, link: Link, message: Message<'prompt'>): void {
  if (stateOf(broker, link) === 'starting') watchStep(broker, link.session, 'pam');
  const items = hear(broker, link, message);
  const row = broker.sessions.find(link.session);
  if (row?.kind !== 'home') return;
  const said = items.filter((item) => !isAsk(item)).map(({ text }) => text.trim());
  const all = [...row.texts, ...said.filter((text) => text !== '')].slice(0, MAX_TEXTS);
  noteSession(broker, row.id, { texts: all });
}

function hear(broker: Broker, link: Link, message: Message<'prompt'>): readonly PromptItem[] {
  const { talk } = link;
  if (talk === null) throw new Error(`session ${link.session} was open, and its leader asks`);
  const { begun } = talk;
  const items = talk.take(message);
  if (talk.question !== null) putQuestion(broker, link);
  else if (!begun) tellStarts(broker, link);
  return items;
}

function takeFailure(broker: Broker, link: Link, failure: Message<'failed'>): void {
  const { stage, code } = failure;
  const outcome = link.talk?.outcome ?? null;
  const profile = broker.settings.sessionProfile;
  const { problem, detail } = explainFailure({
    ...failure,
    profile,
    outcome,
    words: link.talk?.errors ?? [],
  });
  if (!link.opened) {
    forgetLeader(broker, link);
    const row = changeSession(broker, link.session, 'failed', { problem }, detail);
    if (isVerdict({ stage, code })) inBackground('recheck', recheck(broker, row, 0));
    return;
  }
  if (link.session !== link.pamSession) {
    forgetLink(broker, link);
    finishSession(broker, changeSession(broker, link.session, 'failed', { problem }, detail));
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
