/** The row of a PAM session. It does not depend on the programs that run in it. */
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
  /** Whether it is a home session. */
  readonly isHome: boolean;
  /** Name of the session that it was opened for; empty for a home session. */
  readonly label: string;
  /** Client's address, PAM_RHOST; empty when it was opened on this machine. */
  readonly address: string;
  /**
   * The pid of its leader and the start time of that process (process-state.ts), which identify the process even if its
   * socket is gone. 0: PAM has not opened it yet.
   */
  readonly leader: number;
  readonly leaderBorn: number;
  /** Texts of PAM from its opening, for the home page. */
  readonly texts: readonly string[];
  /** Unix ms */
  readonly started: number;
  readonly ended: number | null;
  readonly problem: Problem | null;
}

/** Whether PAM has opened it at any time: then it must be closed, or is unclean. */
export function wasOpened({ leader }: PamSessionRow): boolean {
  return leader !== 0;
}
