/** What every handler is given: the broker's state, its stores and its settings. No module holds state of its own. */
import type { EventEmitter } from 'node:events';
import type { Kind } from '../../kinds/kind.ts';
import type { Launcher } from '../../launcher/launcher.ts';
import type { LeaderConnection } from '../../launcher/leader-connection.ts';
import type { Repeats } from '../../lib/repeats.ts';
import type {
  ConversationId,
  PamSessionId,
  Place,
  SessionId,
  TicketId,
} from '../../protocol/ids.ts';
import type { Clock } from '../base/clock.ts';
import type { Peer } from '../base/peer.ts';
import type { SteadyTime } from '../base/steady-time.ts';
import type { Audit } from '../database/audit.ts';
import type { Store } from '../database/store.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { PamSessionStore } from '../rows/pam-session-store.ts';
import type { Person } from '../rows/person.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { SessionStore } from '../rows/session-store.ts';
import type { TicketStore } from '../rows/ticket-store.ts';
import type { Conversation } from '../talks/conversation.ts';
import type { StartTalk } from '../talks/start-talk.ts';
import type { LeaderSlots } from '../throttle/leader-slots.ts';
import type { Throttle } from '../throttle/throttle.ts';
import type { AccountChecks } from './account-checks.ts';
import type { Administrators } from './administrators.ts';
import type { BrokerPaths, BrokerSettings, Step } from './settings.ts';
import type { Watch } from './watch.ts';

/** A session or a PAM session: ids are of one of them. */
export type AnyId = SessionId | PamSessionId;
export type AnyRow = SessionRow | PamSessionRow;

/** A PAM session and the connection to its leader. */
export interface Link {
  readonly pamSession: PamSessionId;
  readonly leader: LeaderConnection;
  /** Of the sign-in that had it opened; null: it was open when we came. */
  readonly grant: Uint8Array | null;
  /** What PAM says and asks while it opens; null: it was open when we came. */
  readonly talk: StartTalk | null;
}

/** Carries a person over to the session origin, once, until `expires` (monotonic). */
export interface EnterCode {
  readonly ticket: TicketId;
  readonly session: SessionId;
  /** The hash that has to come with it. */
  readonly browser: string;
  readonly expires: number;
}

export interface Broker {
  readonly paths: BrokerPaths;
  readonly settings: BrokerSettings;
  readonly warnings: readonly string[];
  readonly startedAt: number;
  readonly time: SteadyTime;
  /** Its now(): Unix ms. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly kinds: readonly Kind[];
  readonly launchers: Readonly<Record<Place, Launcher>>;
  /** How long a step may take before what waits for it is shown as stuck. */
  readonly stepMs: Readonly<Record<Step, number>>;
  /** What is to end: as soon as PAM is open or the leader is found, if that cannot be yet. */
  readonly unwanted: Set<AnyId>;
  /** The step that each is in, if it is in one: runs out when it takes too long. */
  readonly steps: Map<AnyId, NodeJS.Timeout>;
  readonly store: Store;
  readonly audit: Audit;
  readonly tickets: TicketStore;
  readonly checks: AccountChecks;
  readonly pamSessions: PamSessionStore;
  readonly sessions: SessionStore;
  readonly links: Map<PamSessionId, Link>;
  /** What a viewer must show to a session-host. Sessions without one are not ours to hand out. */
  readonly keys: Map<SessionId, Buffer>;
  /** PAM sessions whose leader is being looked for; each settles when that is over. */
  readonly finding: Map<PamSessionId, Promise<void>>;
  readonly throttle: Throttle;
  readonly slots: LeaderSlots;
  readonly conversations: Map<ConversationId, Conversation>;
  readonly codes: Map<string, EnterCode>;
  readonly gateways: Set<Peer>;
  /** What is announced at the end of this turn of the event loop. */
  readonly announcing: Map<SessionId, SessionRow>;
  /** The users whose list of PAM sessions without a program is announced then. */
  readonly announcingPam: Map<string, Person>;
  /** Of requests, in the log. */
  readonly refusals: Repeats;
  readonly watch: Watch;
  readonly administrators: Administrators;
  /** Emits each changed row under its id. */
  readonly changes: EventEmitter<Record<string, [AnyRow]>>;
}
