/** The row of a session: a program of a kind, which a user or root started. */
import type { PamSessionId } from '../../protocol/ids.ts';
import type { SessionView } from '../../protocol/page-gateway.ts';
import type { Person } from './person.ts';

/** Parts of SessionView that are not stored: they follow from the kind, or are valid only at the moment. */
type Momentary = 'step' | 'conversation' | 'stuck' | 'activity' | 'usage';
type OfKind = 'kindTitle' | 'talk' | 'startedBy';

export interface SessionRow extends Omit<SessionView, Momentary | OfKind>, Person {
  /** The PAM session that it runs in; null: it waits for one, or never got one. */
  readonly pamSession: PamSessionId | null;
  /** Who started it. */
  readonly origin: 'gateway' | 'cli';
  /** Client's address, PAM_RHOST; empty when it was started on this machine. */
  readonly address: string;
  /** pid of the program, 0 when unknown */
  readonly pid: number;
}

/** Values of a new row. */
export const BLANK = {
  tty: null,
  pid: 0,
  ended: null,
  exitStatus: null,
  lastWords: '',
  endedBy: null,
  problem: null,
} as const;
