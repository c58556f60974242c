/**
 * The hop from root's CLI to the broker, on a socket in a directory that only root may enter. Frames, hello and
 * envelopes as in gateway-broker.ts.
 */
import type { Trouble } from '../lib/trouble.ts';
import type { SessionId, UserName } from './ids.ts';
import type { SessionView } from './page-gateway.ts';

export interface CliRequests {
  status: { ask: Record<never, never>; answer: Status };
  /**
   * ended: those too that ended within the last hour. The oldest first, as many as a frame holds; next: ask for those
   * after it, null: there are no more.
   */
  'active-sessions': {
    ask: { ended?: boolean | undefined; after?: SessionId | undefined };
    answer: { sessions: readonly ActiveSession[]; next: SessionId | null };
  };
  'rename-session': {
    ask: { session: SessionId; name: string };
    answer: { session: ActiveSession };
  };
  /** Ends the tickets of a user name, or (null) all; tickets: how many there were. */
  'end-sign-ins': { ask: { user: string | null }; answer: { tickets: number } };
  /** Renames a database that cannot be used and begins a new one; aside: the new name of the old one. */
  'set-database-aside': { ask: Record<never, never>; answer: { aside: string } };
  /** Resolves when the PAM session is closed. */
  'kill-session': { ask: { session: SessionId }; answer: Record<string, never> };
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
  /** Without the home sessions. */
  readonly sessions: number;
  readonly homeSessions: number;
  /** What keeps the server from its work, most often a disk. */
  readonly troubles: readonly Trouble[];
  /** For example: no /etc/pam.d/vestibule, PAM uses 'other'. */
  readonly warnings: readonly string[];
}
export interface ActiveSession extends SessionView {
  readonly user: UserName;
  readonly uid: number;
  /** The PAM session that it runs in: its own, which has its id, or its user's home session. */
  readonly pamSession: SessionId;
  /** pid of the program, 0 when unknown */
  readonly pid: number;
  /** 'gateway' or 'cli' */
  readonly origin: string;
  readonly address: string;
}
