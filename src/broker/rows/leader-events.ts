/**
 * What each event of a leader means in each state of a session and of a PAM session. follow/ executes these tables.
 * ignore: already known, or nothing is left to do. surprise: a correct leader does not send it in this state; it is
 * logged as leader-surprise, and nothing changes.
 */
import type { PamSessionState } from '../../protocol/cli-broker.ts';
import type { SessionState } from '../../protocol/page-gateway.ts';

/**
 * spawned, failed, exited and ended are messages of a leader about a session; the others have other causes. forgotten:
 * its leader, when found again, does not know it, or the broker in which it waited has ended. closed: its PAM session
 * is closed. gone, silent: its leader is dead, or does not answer. late: a step takes too long.
 */
export type SessionEvent =
  | 'spawned'
  | 'failed'
  | 'exited'
  | 'ended'
  | 'forgotten'
  | 'closed'
  | 'gone'
  | 'silent'
  | 'late';
/**
 * run: it is running. note: only store what the event says. begin-end: its program has exited, now the rest ends.
 * settle: it is over, successfully or not. fail: it does not start. lose: its leader is dead. stick: it is stuck.
 */
export type SessionAct =
  | 'run'
  | 'note'
  | 'begin-end'
  | 'settle'
  | 'fail'
  | 'lose'
  | 'stick'
  | 'ignore'
  | 'surprise';

const OVER = { ended: 'ignore', failed: 'ignore', unclean: 'ignore' } as const;
/** A pending session is not in a PAM session yet, so no leader knows it. */
const NOT_IN_ONE = { pending: 'surprise' } as const;

export const SESSION_ACTS: Readonly<
  Record<SessionEvent, Readonly<Record<SessionState, SessionAct>>>
> = {
  spawned: {
    ...NOT_IN_ONE,
    starting: 'run',
    running: 'note',
    ending: 'note',
    stuck: 'run',
    ...OVER,
  },
  failed: {
    ...NOT_IN_ONE,
    starting: 'fail',
    running: 'surprise',
    ending: 'fail',
    stuck: 'fail',
    ...OVER,
  },
  exited: {
    ...NOT_IN_ONE,
    starting: 'begin-end',
    running: 'begin-end',
    ending: 'begin-end',
    stuck: 'begin-end',
    ...OVER,
  },
  ended: {
    ...NOT_IN_ONE,
    starting: 'settle',
    running: 'settle',
    ending: 'settle',
    stuck: 'settle',
    ...OVER,
  },
  forgotten: {
    pending: 'fail',
    starting: 'fail',
    running: 'settle',
    ending: 'settle',
    stuck: 'settle',
    ...OVER,
  },
  closed: {
    ...NOT_IN_ONE,
    starting: 'settle',
    running: 'settle',
    ending: 'settle',
    stuck: 'settle',
    ...OVER,
  },
  gone: {
    ...NOT_IN_ONE,
    starting: 'lose',
    running: 'lose',
    ending: 'lose',
    stuck: 'lose',
    ...OVER,
  },
  silent: {
    ...NOT_IN_ONE,
    starting: 'stick',
    running: 'stick',
    ending: 'stick',
    stuck: 'ignore',
    ...OVER,
  },
  late: {
    pending: 'ignore',
    starting: 'stick',
    running: 'ignore',
    ending: 'stick',
    stuck: 'ignore',
    ...OVER,
  },
};

/** key to closed are messages of a leader about its PAM session; gone, silent and late are as for sessions. */
export type PamSessionEvent =
  | 'key'
  | 'prompt'
  | 'opened'
  | 'failed'
  | 'closed'
  | 'gone'
  | 'silent'
  | 'late';
/**
 * take-key, hear: the conversation while PAM opens it. open: it is open, sessions can start in it. close: it is open
 * but no longer wanted. settle: it was closed normally. fail: PAM did not open it. lose: its leader is dead. stick: it
 * is stuck.
 */
export type PamSessionAct =
  | 'take-key'
  | 'hear'
  | 'open'
  | 'close'
  | 'settle'
  | 'fail'
  | 'lose'
  | 'stick'
  | 'ignore'
  | 'surprise';

const PAM_OVER = { closed: 'ignore', failed: 'ignore', unclean: 'ignore' } as const;
const NOTHING_FOLLOWS = { closed: 'surprise', failed: 'surprise', unclean: 'surprise' } as const;

export const PAM_SESSION_ACTS: Readonly<
  Record<PamSessionEvent, Readonly<Record<PamSessionState, PamSessionAct>>>
> = {
  key: {
    opening: 'take-key',
    open: 'surprise',
    closing: 'take-key',
    stuck: 'take-key',
    ...NOTHING_FOLLOWS,
  },
  prompt: {
    opening: 'hear',
    open: 'surprise',
    closing: 'hear',
    stuck: 'hear',
    ...NOTHING_FOLLOWS,
  },
  opened: {
    opening: 'open',
    open: 'surprise',
    closing: 'close',
    stuck: 'open',
    ...NOTHING_FOLLOWS,
  },
  failed: { opening: 'fail', open: 'surprise', closing: 'fail', stuck: 'fail', ...PAM_OVER },
  closed: {
    opening: 'surprise',
    open: 'settle',
    closing: 'settle',
    stuck: 'settle',
    ...PAM_OVER,
  },
  gone: { opening: 'lose', open: 'lose', closing: 'lose', stuck: 'lose', ...PAM_OVER },
  silent: { opening: 'stick', open: 'stick', closing: 'stick', stuck: 'ignore', ...PAM_OVER },
  late: { opening: 'stick', open: 'ignore', closing: 'stick', stuck: 'ignore', ...PAM_OVER },
};
