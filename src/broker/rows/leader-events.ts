/**
 * What a leader's event means for a session, and for a PAM session, in each of its states. follow/ does what stands
 * here and nothing else. ignore: it is known already, or nothing is left to do. surprise: a leader that works does not
 * say it then; it is logged under this name, and nothing changes.
 */
import type { PamSessionState } from '../../protocol/cli-broker.ts';
import type { SessionState } from '../../protocol/page-gateway.ts';

/**
 * Messages of a leader that name a session, and what follows for it from elsewhere. forgotten: its leader, found again,
 * does not know it, or the broker that it waited in has ended. closed: its PAM session. gone, silent: its leader. late: a step takes longer than it may.
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
 * run: it runs now. note: what came is kept. begin-end: its program has ended, the rest of it ends. settle: it is over,
 * well or not. fail: it does not start. lose: nobody can end it in order any more. stick: it is stuck.
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
/** Until it is in a PAM session no leader knows it. */
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

/** Messages of a leader about its PAM session, and what follows for that from elsewhere. */
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
 * take-key, hear: PAM talks while it opens. open: sessions begin in it now. close: it is open, and is not wanted any
 * more. settle: it was closed in order. fail: PAM did not open it. lose: its leader died. stick: it is stuck.
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
