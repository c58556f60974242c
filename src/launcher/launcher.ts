/**
 * Where PAM sessions run. A place is reached through this interface alone; which one a PAM session is at stands in its
 * row. All that is asked here is answered by a leader there, which is the authority on what runs.
 */
import type { PamSessionId } from '../protocol/ids.ts';
import type { Usage } from '../protocol/page-gateway.ts';
import type { LeaderConnection } from './leader-connection.ts';

/** What one look tells of a session's programs. */
export type Amounts = Omit<Usage, 'cpuShare'>;

/** By what the rows of a session and of its PAM session say. */
export interface Measured {
  /** pid of the program, 0 when unknown */
  readonly pid: number;
  readonly tty: string | null;
}

export interface Launcher {
  /** A fresh leader, which waits for its first request. Rejects with a LeaderError. */
  readonly open: () => Promise<LeaderConnection>;
  /** The leader that holds this PAM session. Rejects with a LeaderError, whose kind says whether it may still live. */
  readonly find: (id: PamSessionId) => Promise<LeaderConnection>;
  /** The PAM sessions that leaders can be found of. */
  readonly list: () => Promise<PamSessionId[]>;
  /** Calls `found` for each that comes from now on. */
  readonly watch: (found: (id: PamSessionId) => void) => { readonly close: () => void };
  /** null: it cannot be told (it has just ended, or others' processes are hidden). */
  readonly usage: (session: Measured) => Amounts | null;
  /** When something last happened on its terminal (Unix ms, not after now); null: it has none, or that is not known. */
  readonly activity: (session: Measured, now: number) => number | null;
}
