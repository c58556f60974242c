/** What is written of a PAM session. Nothing here depends on which programs run in it. */
import type { CLOSE_POLICIES } from '../../protocol/broker-leader.ts';
import type { PamSessionState } from '../../protocol/cli-broker.ts';
import type { PamSessionId, Place } from '../../protocol/ids.ts';
import type { Problem } from '../../protocol/problems.ts';
import type { Person } from './person.ts';

export interface PamSessionRow extends Person {
  readonly id: PamSessionId;
  readonly place: Place;
  readonly profile: string;
  readonly state: PamSessionState;
  readonly closePolicy: (typeof CLOSE_POLICIES)[number];
  /** A visit of the home page opened it, and not a session. */
  readonly isHome: boolean;
  /** Name of the session that it was opened for; empty for a home session. */
  readonly label: string;
  /** Client's address, PAM_RHOST; empty when it was opened on this machine. */
  readonly address: string;
  /**
   * The process of its leader and when that began (process-state.ts), from when it is open: it is found by them should
   * its socket be gone. 0: not open yet.
   */
  readonly leader: number;
  readonly leaderBorn: number;
  /** What PAM said while it opened, as far as its person is shown that. */
  readonly texts: readonly string[];
  /** Unix ms */
  readonly started: number;
  readonly ended: number | null;
  readonly problem: Problem | null;
}

/** PAM has opened it, whatever has become of it since: it must be closed, or is unclean. */
export function wasOpened({ leader }: PamSessionRow): boolean {
  return leader !== 0;
}
