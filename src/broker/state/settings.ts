/** Arguments of a broker: paths, options of the configuration, and replacements for tests. */
import type { Kind } from '../../kinds/kind.ts';
import type { Clock } from '../base/clock.ts';
import type { TicketSettings } from '../rows/ticket-times.ts';
import type { AskMember } from './administrators.ts';

/** What is in progress: PAM opens a session, a program starts, or one of these ends. */
export type Step = 'pam' | 'program' | 'end';

export type BrokerPaths = { readonly [K in 'rootd' | 'leaders' | 'sessions' | 'database']: string };

export interface BrokerSettings extends TicketSettings {
  /** PAM profiles. */
  readonly loginProfile: string;
  readonly sessionProfile: string;
  /** Whether there are PAM sessions at all. */
  readonly sessionsEnabled: boolean;
  /** A PAM session for each session, or one for all sessions of a user. */
  readonly sessionsScope: 'session' | 'user';
  /** When a session's own PAM session is closed: on request, with its last program, or with the user's last session. */
  readonly sessionsClose: '0' | '1' | 'last';
  /** How often signed-in users are checked again with PAM; 0: only when a session starts. */
  readonly recheckMinutes: number;
  /** How long audit rows are kept. */
  readonly auditKeepDays: number;
  /** Groups. */
  readonly adminGroups: readonly string[];
  /** How many tickets, live sessions and PAM sessions one person may have. */
  readonly signInsPerUser: number;
  readonly sessionsPerUser: number;
  readonly pamSessionsPerUser: number;
}

export interface BrokerOptions {
  readonly settings: BrokerSettings;
  readonly warnings?: readonly string[];
  readonly paths?: BrokerPaths;
  readonly kinds?: readonly Kind[] | undefined;
  /** The wall clock: Unix ms. */
  readonly now?: () => number;
  readonly clock?: Clock | undefined;
  readonly askMember?: AskMember | undefined;
  readonly stepMs?: Partial<Record<Step, number>> | undefined;
}
