/** Executes the act of an event for a session (rows/leader-events.ts): one function for each act. */
import { kindNamed } from '../../kinds/kinds.ts';
import { ProblemError } from '../base/problem.ts';
import { changePamSession } from '../changes/change-pam-session.ts';
import { changeSession, noteSession } from '../changes/change-session.ts';
import { beginClose, closesItselfWith, isOwnOf } from '../pam-sessions/close-pam-session.ts';
import { closeUnused } from '../pam-sessions/close-unused.ts';
import { stickSession, watchPamSession, watchSession } from '../pam-sessions/watch-step.ts';
import { SESSION_ACTS, type SessionAct, type SessionEvent } from '../rows/leader-events.ts';
import { wasOpened } from '../rows/pam-session-row.ts';
import { isClosing, isFinal, isOpen } from '../rows/pam-session-transitions.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';
import { forgetStep } from '../state/forget-step.ts';
import { pamSessionOf } from '../views/pam-session-of.ts';
import { noteSurprise } from './note-surprise.ts';

/** The data of an event. */
export interface SessionNews {
  /** New values of columns. */
  readonly change?: Partial<Pick<SessionRow, 'pid' | 'tty' | 'exitStatus' | 'lastWords'>>;
  /** Why it does not start. */
  readonly failure?: ProblemError;
  /** For the audit. */
  readonly detail?: string;
}
type Act = (broker: Broker, row: SessionRow, news: SessionNews) => void;

const acts: Readonly<Record<Exclude<SessionAct, 'surprise'>, Act>> = {
  run: (broker, row, news) => {
    if (broker.unwanted.has(row.id)) {
      note(broker, row, news);
      return;
    }
    forgetStep(broker, row.id);
    changeSession(broker, row.id, 'running', news.change);
  },
  note,
  'begin-end': beginEnd,
  settle,
  fail,
  lose,
  stick: (broker, row, { detail = 'its leader does not answer' }) =>
    stickSession(broker, row, detail),
  ignore: () => {},
};

export function takeSessionEvent(
  broker: Broker,
  row: SessionRow,
  event: SessionEvent,
  news: SessionNews = {},
): void {
  const { id: session, pamSession, state } = row;
  const act = SESSION_ACTS[event][state];
  if (act === 'surprise') noteSurprise({ pamSession, session, event, state });
  else acts[act](broker, row, news);
}

function note(broker: Broker, { id }: SessionRow, { change }: SessionNews): void {
  if (change !== undefined) noteSession(broker, id, change);
}

/** After the last program the leader closes the PAM session by itself, if that is its close policy. */
function beginEnd(broker: Broker, row: SessionRow, { change = {} }: SessionNews): void {
  const { id, state } = row;
  const pam = pamSessionOf(broker, row);
  broker.store.transact(() => {
    if (state === 'ending') noteSession(broker, id, change);
    else changeSession(broker, id, 'ending', change);
    if (pam && isOpen(pam.state) && closesItselfWith(broker, pam, row))
      changePamSession(broker, pam.id, 'closing');
  });
  const now = pamSessionOf(broker, row);
  if (now && isClosing(now.state)) watchPamSession(broker, now.id, 'end');
  else watchSession(broker, id, 'end');
}

/** Nothing of it runs any more. It has failed if it already has a problem. */
function settle(broker: Broker, { id, state, problem }: SessionRow): void {
  if (state === 'starting') changeSession(broker, id, 'ending');
  finish(broker, changeSession(broker, id, problem === null ? 'ended' : 'failed'));
}

function fail(broker: Broker, row: SessionRow, { failure }: SessionNews): void {
  const { id, state } = row;
  const { problem, detail } = failure ?? new ProblemError('session-failed', 'it did not start');
  const pam = pamSessionOf(broker, row);
  const mustClose = pam && wasOpened(pam) && !isFinal(pam.state) && isOwnOf(broker, pam, row);
  if (!mustClose) {
    finish(broker, changeSession(broker, id, 'failed', { problem }, detail));
    return;
  }
  // The PAM session must be closed first. Then settle() makes the session 'failed', because it has a problem.
  if (state === 'ending') noteSession(broker, id, { problem });
  else changeSession(broker, id, 'ending', { problem }, detail);
  beginClose(broker, pam, null);
}

/** Its leader is dead, so it cannot be ended normally. */
function lose(broker: Broker, row: SessionRow, { failure, detail }: SessionNews): void {
  const pam = pamSessionOf(broker, row);
  const state = pam && wasOpened(pam) ? 'unclean' : 'failed';
  const { problem } = failure ?? new ProblemError('session-lost', 'its leader is gone');
  finish(broker, changeSession(broker, row.id, state, { problem }, detail));
}

/** It may have been what PAM sessions of its user were kept for. */
function finish(broker: Broker, { kind, user, uid }: SessionRow): void {
  if (kindNamed(broker.kinds, kind).startedBy !== 'person') return;
  broker.store.after(() => closeUnused(broker, { user, uid }));
}
