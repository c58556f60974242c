/**
 * The protocol between root's CLI and the broker, on a socket in a directory that only root may enter. Frames, hello,
 * requests and responses are as in gateway-broker.ts.
 */
import type { Trouble } from '../lib/trouble.ts';
import type { CLOSE_POLICIES } from './broker-leader.ts';
import type { PamSessionId, Place, SessionId, UserName } from './ids.ts';
import type { SessionState, SessionView } from './page-gateway.ts';
import type { Problem } from './problems.ts';

export interface CliRequests {
  status: { ask: Record<never, never>; answer: Status };
  /**
   * ended: include the sessions that ended within the last hour. The answer has the oldest sessions first, as many as fit
   * into a frame. next: the session after which to continue; null: there are no more.
   */
  'active-sessions': {
    ask: { ended?: boolean | undefined; after?: SessionId | undefined };
    /** idle: how many PAM sessions are open although the program of their session has ended. */
    answer: { sessions: readonly ActiveSession[]; next: SessionId | null; idle: number };
  };
  'rename-session': {
    ask: { session: SessionId; name: string };
    answer: { session: ActiveSession };
  };
  /** Ends all tickets of a user, or (null) of all users; tickets: the number of tickets that were ended. */
  'end-sign-ins': { ask: { user: string | null }; answer: { tickets: number } };
  /** Renames a database that cannot be used and creates a new one; aside: the new name of the old one. */
  'set-database-aside': { ask: Record<never, never>; answer: { aside: string } };
  /** Answered when nothing of the session is running any more, and its PAM session is closed if it closes with it. */
  'kill-session': { ask: { session: SessionId }; answer: SessionEnd };
  /** Ends the session and closes its PAM session, unless other sessions run in that. Answered when that is done. */
  'force-suspend-session': { ask: { session: SessionId }; answer: SessionEnd };
  /** The same for all sessions of all users, and for the PAM sessions in which no program runs any more. */
  'force-suspend-all': { ask: Record<never, never>; answer: AllSuspended };
  /** Like 'active-sessions', for PAM sessions, including home sessions. */
  'pam-sessions': {
    ask: { ended?: boolean | undefined; after?: PamSessionId | undefined };
    answer: { pamSessions: readonly PamSessionView[]; next: PamSessionId | null };
  };
  /** Ends all sessions in it. Answered when it is closed. */
  'close-pam-session': { ask: { pamSession: PamSessionId }; answer: PamSessionEnd };
}
export type CliRequestName = keyof CliRequests;

export interface Status {
  readonly version: string;
  /** Unix ms */
  readonly brokerStarted: number;
  readonly gatewayConnected: boolean;
  readonly loginProfile: string;
  readonly sessionProfile: string;
  readonly tickets: number;
  /** Sessions that have not ended. */
  readonly sessions: number;
  readonly pamSessions: number;
  /** How many of the PAM sessions are home sessions. */
  readonly homeSessions: number;
  /** How many of them are open although the program of their session has ended. */
  readonly idlePamSessions: number;
  /** What keeps the server from working, most often a disk. */
  readonly troubles: readonly Trouble[];
  /** For example: no /etc/pam.d/vestibule, PAM uses 'other'. */
  readonly warnings: readonly string[];
}
export interface ActiveSession extends SessionView {
  readonly user: UserName;
  readonly uid: number;
  /** The PAM session that it runs in; null: it is waiting for one, or never got one. */
  readonly pamSession: PamSessionId | null;
  /** pid of the program; 0: unknown. */
  readonly pid: number;
  /** 'gateway' or 'cli'. */
  readonly origin: string;
  readonly address: string;
}

/** The states of a PAM session. closed: it was closed properly. failed: it was never open. unclean: its leader died while it was open. */
export const PAM_SESSION_STATES = [
  'opening',
  'open',
  'closing',
  'closed',
  'failed',
  'stuck',
  'unclean',
] as const;
export type PamSessionState = (typeof PAM_SESSION_STATES)[number];
export interface PamSessionView {
  readonly id: PamSessionId;
  readonly user: UserName;
  readonly uid: number;
  readonly state: PamSessionState;
  /** Whether it is a home session: opened by a visit of the home page, not for a session. */
  readonly home: boolean;
  /** Name of the session that it was opened for; empty for a home session. */
  readonly label: string;
  readonly place: Place;
  readonly profile: string;
  /** When its leader closes it. */
  readonly close: (typeof CLOSE_POLICIES)[number];
  readonly address: string;
  /** pid of its leader; 0 before it is open. */
  readonly leader: number;
  /** Unix ms */
  readonly started: number;
  readonly ended: number | null;
  /** Why it failed. */
  readonly problem: Problem | null;
  /** While it is stuck: what it waits for. */
  readonly stuck: string | null;
  /** The sessions in it that have not ended. */
  readonly sessions: readonly SessionId[];
}

export interface SessionEnd {
  readonly state: SessionState;
  /** Unix ms */
  readonly ended: number;
  /** It had ended before it was asked for: nothing was done. */
  readonly already: boolean;
  /** The state of its PAM session now; null: it never got one. */
  readonly pamSession: PamSessionState | null;
}
export interface PamSessionEnd {
  readonly state: PamSessionState;
  /** Unix ms */
  readonly ended: number;
  /** It was over before it was asked for: nothing was done. */
  readonly already: boolean;
}
export interface AllSuspended {
  readonly sessions: number;
  readonly pamSessions: number;
  /** The PAM sessions that could not be closed, with their state now. */
  readonly left: readonly { readonly id: PamSessionId; readonly state: PamSessionState }[];
}
