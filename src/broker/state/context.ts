/** The state of the broker with its stores and settings, which every handler gets. No module has state of its own. */
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

/** The id of a session or of a PAM session; no id is used for both. */
export type AnyId = SessionId | PamSessionId;
export type AnyRow = SessionRow | PamSessionRow;

/** A PAM session and the connection to its leader. */
export interface Link {
  readonly pamSession: PamSessionId;
  readonly leader: LeaderConnection;
  /** The grant that the PAM session was opened with; null: it was open when the broker connected. */
  readonly grant: Uint8Array | null;
  /** The conversation while PAM opens it; null: it was open when the broker connected. */
  readonly talk: StartTalk | null;
}

/** A one-time code: takes a browser to the session origin, until `expires` (monotonic). */
export interface EnterCode {
  readonly ticket: TicketId;
  readonly session: SessionId;
  /** The browser must present this hash together with the code. */
  readonly browser: string;
  readonly expires: number;
}

export interface Broker {
  readonly paths: BrokerPaths;
  readonly settings: BrokerSettings;
  readonly warnings: readonly string[];
  readonly startedAt: number;
  readonly time: SteadyTime;
  /** time.now(): Unix ms. */
  readonly now: () => number;
  readonly clock: Clock;
  readonly kinds: readonly Kind[];
  readonly launchers: Readonly<Record<Place, Launcher>>;
  /** How long a step may take before its session or PAM session becomes stuck. */
  readonly stepMs: Readonly<Record<Step, number>>;
  /** Sessions and PAM sessions that are to end. Some can end only when PAM has opened, or the leader is found. */
  readonly unwanted: Set<AnyId>;
  /** The timeouts of the steps that are in progress. */
  readonly steps: Map<AnyId, NodeJS.Timeout>;
  readonly store: Store;
  readonly audit: Audit;
  readonly tickets: TicketStore;
  readonly checks: AccountChecks;
  readonly pamSessions: PamSessionStore;
  readonly sessions: SessionStore;
  readonly links: Map<PamSessionId, Link>;
  /** Session keys. Nobody can join a session that has none here. */
  readonly keys: Map<SessionId, Buffer>;
  /** PAM sessions whose leader is being searched for; the promise settles when the search is over. */
  readonly finding: Map<PamSessionId, Promise<void>>;
  readonly throttle: Throttle;
  readonly slots: LeaderSlots;
  readonly conversations: Map<ConversationId, Conversation>;
  readonly codes: Map<string, EnterCode>;
  readonly gateways: Set<Peer>;
  /** Sessions that are announced at the end of this turn of the event loop. */
  readonly announcing: Map<SessionId, SessionRow>;
  /** The users whose list of PAM sessions without a program is announced then. */
  readonly announcingPam: Map<string, Person>;
  /** Limits the log lines about refused requests. */
  readonly refusals: Repeats;
  readonly watch: Watch;
  readonly administrators: Administrators;
  /** Emits each changed row under its id. */
  readonly changes: EventEmitter<Record<string, [AnyRow]>>;
}
