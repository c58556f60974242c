/** Executes the act of an event for a PAM session (rows/leader-events.ts): one function for each act. */
import { inBackground } from '../../lib/in-background.ts';
import type { fromLeader } from '../../protocol/broker-leader.ts';
import type { MessageOf } from '../../protocol/codec.ts';
import type { ProblemError } from '../base/problem.ts';
import { changePamSession, notePamSession } from '../changes/change-pam-session.ts';
import { sendClose } from '../pam-sessions/close-pam-session.ts';
import { closeReplaced } from '../pam-sessions/close-unused.ts';
import { joinPamSession } from '../pam-sessions/join-pam-session.ts';
import { endTalk } from '../pam-sessions/put-question.ts';
import { stickPamSession } from '../pam-sessions/watch-step.ts';
import {
  PAM_SESSION_ACTS,
  type PamSessionAct,
  type PamSessionEvent,
} from '../rows/leader-events.ts';
import { type PamSessionRow, wasOpened } from '../rows/pam-session-row.ts';
import type { Broker, Link } from '../state/context.ts';
import { forgetStep } from '../state/forget-step.ts';
import { isVerdict, type LeaderFailure } from '../talks/pam-verdict.ts';
import { recheck } from '../tickets/recheck.ts';
import { processOf } from '../views/leader-process.ts';
import { forgetLink } from './forget-link.ts';
import { hearPrompt } from './hear-prompt.ts';
import { noteSurprise } from './note-surprise.ts';
import { takeSessionEvent } from './take-session-event.ts';

/** The data of an event. */
export interface PamSessionNews {
  /** The connection that it came from. */
  readonly link?: Link;
  readonly key?: MessageOf<typeof fromLeader, 'key'>;
  readonly prompt?: MessageOf<typeof fromLeader, 'prompt'>;
  /** Why it was not opened, or how it was lost. */
  readonly failure?: ProblemError;
  /** The leader's message about the failure. */
  readonly verdict?: LeaderFailure;
  /** For the audit. */
  readonly detail?: string;
}
type Act = (broker: Broker, row: PamSessionRow, news: PamSessionNews) => void;

const acts: Readonly<Record<Exclude<PamSessionAct, 'surprise'>, Act>> = {
  'take-key': (_broker, _row, { link, key }) => key && link?.talk?.takeKey(key),
  hear: (broker, row, { link, prompt }) => link && prompt && hearPrompt(broker, row, link, prompt),
  open: (broker, row, { link }) => link && open(broker, row, link),
  close: (broker, row, { link }) => link && closeOpened(broker, row, link),
  settle: (broker, row, { link }) => settle(broker, row, link),
  fail,
  lose: (broker, row, news) =>
    over(broker, row, wasOpened(row) ? 'unclean' : 'failed', 'gone', news),
  stick: (broker, row, { detail = 'its leader does not answer' }) => {
    for (const session of broker.sessions.listIn(row))
      takeSessionEvent(broker, session, 'silent', { detail });
    stickPamSession(broker, row, detail);
  },
  ignore: () => {},
};

export function takePamSessionEvent(
  broker: Broker,
  row: PamSessionRow,
  event: PamSessionEvent,
  news: PamSessionNews = {},
): void {
  const { id: pamSession, state } = row;
  const act = PAM_SESSION_ACTS[event][state];
  if (act === 'surprise') noteSurprise({ pamSession, event, state });
  else acts[act](broker, row, news);
}

/** The orders to start programs are sent before the row is written, so that programs start earlier. */
function open(broker: Broker, row: PamSessionRow, link: Link): void {
  if (broker.unwanted.has(row.id)) {
    closeOpened(broker, row, link);
    return;
  }
  endTalk(broker, link);
  forgetStep(broker, row.id);
  for (const session of broker.sessions.listIn(row))
    if (link.grant !== null) joinPamSession(broker, session, link, link.grant);
  closeReplaced(broker, changePamSession(broker, row.id, 'open', processOf(link.leader.hello)));
}

/** Its end was requested while PAM was still opening it. */
function closeOpened(broker: Broker, { id }: PamSessionRow, link: Link): void {
  endTalk(broker, link);
  notePamSession(broker, id, processOf(link.leader.hello));
  sendClose(broker, link);
}

/** Ends it and all sessions in it. The leader may exit when that is written. */
function settle(broker: Broker, row: PamSessionRow, link: Link | undefined): void {
  over(broker, row, 'closed', 'closed', {});
  if (link === undefined) return;
  broker.store.whenWritten(() => {
    link.leader.send({ name: 'noted', session: '' });
    forgetLink(broker, link);
  });
}

function fail(broker: Broker, row: PamSessionRow, news: PamSessionNews): void {
  if (news.link) forgetLink(broker, news.link);
  over(broker, row, 'failed', 'failed', news);
  if (news.verdict && isVerdict(news.verdict)) inBackground('recheck', recheck(broker, row, 0));
}

/** Sessions first: their final state depends on whether the PAM session was open. */
function over(
  broker: Broker,
  row: PamSessionRow,
  state: 'closed' | 'failed' | 'unclean',
  event: 'closed' | 'failed' | 'gone',
  { failure, detail = failure?.detail }: PamSessionNews,
): void {
  const news = { ...(failure && { failure }), ...(detail !== undefined && { detail }) };
  broker.store.transact(() => {
    for (const session of broker.sessions.listIn(row))
      takeSessionEvent(broker, session, event, news);
    const problem = failure?.problem ?? row.problem;
    changePamSession(broker, row.id, state, { problem }, detail);
  });
}
