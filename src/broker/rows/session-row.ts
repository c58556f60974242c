/** What is written of a session: a program of a kind, which a person or root started. */
import type { PamSessionId } from '../../protocol/ids.ts';
import type { SessionView } from '../../protocol/page-gateway.ts';
import type { Person } from './person.ts';

/** What follows from its kind, or is known of it at the moment alone, is no part of the row. */
type Momentary = 'step' | 'conversation' | 'stuck' | 'activity' | 'usage';
type OfKind = 'kindTitle' | 'talk' | 'startedBy';

export interface SessionRow extends Omit<SessionView, Momentary | OfKind>, Person {
  /** The PAM session that it runs in; null: it waits for one, or never came to one. */
  readonly pamSession: PamSessionId | null;
  /** Who started it. */
  readonly origin: 'gateway' | 'cli';
  /** Client's address, PAM_RHOST; empty when it was started on this machine. */
  readonly address: string;
  /** pid of the program, 0 when unknown */
  readonly pid: number;
}

/** Of a row that begins. */
export const BLANK = {
  tty: null,
  pid: 0,
  ended: null,
  exitStatus: null,
  lastWords: '',
  endedBy: null,
  problem: null,
} as const;
