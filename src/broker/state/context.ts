/** What every handler is given: the broker's state, its stores and its settings. No module holds state of its own. */
import { EventEmitter } from 'node:events';
import type { Kind } from '../../kinds/kind.ts';
import { KINDS } from '../../kinds/kinds.ts';
import type { Launcher } from '../../launcher/launcher.ts';
import type { LeaderConnection } from '../../launcher/leader-connection.ts';
import { localLauncher } from '../../launcher/local/launcher.ts';
import { log } from '../../lib/log.ts';
import { Repeats } from '../../lib/repeats.ts';
import { PATHS } from '../../protocol/broker-leader.ts';
import type {
  ConversationId,
  PamSessionId,
  Place,
  SessionId,
  TicketId,
} from '../../protocol/ids.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Peer } from '../base/peer.ts';
import { SteadyTime } from '../base/steady-time.ts';
import { type Audit, openAudit } from '../database/audit.ts';
import { boundTimes } from '../database/bound-times.ts';
import { Store } from '../database/store.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { openPamSessionStore, type PamSessionStore } from '../rows/pam-session-store.ts';
import type { SessionRow } from '../rows/session-row.ts';
import { openSessionStore, type SessionStore } from '../rows/session-store.ts';
import { openTicketStore, type TicketStore } from '../rows/ticket-store.ts';
import { longestMs, type TicketSettings } from '../rows/ticket-times.ts';
import type { Conversation } from '../talks/conversation.ts';
import type { StartTalk } from '../talks/start-talk.ts';
import { LeaderSlots } from '../throttle/leader-slots.ts';
import { Throttle } from '../throttle/throttle.ts';
import { openThrottleStore } from '../throttle/throttle-store.ts';
import { type AccountChecks, makeAccountChecks } from './account-checks.ts';
import { Administrators, type AskMember } from './administrators.ts';
import { makeWatch, type Watch } from './watch.ts';

/** What is waited for: PAM to open, a program to start, the end of either. */
export type Step = 'pam' | 'program' | 'end';
/** A session or a PAM session: ids are of one of them. */
export type AnyId = SessionId | PamSessionId;
export type AnyRow = SessionRow | PamSessionRow;

export type BrokerPaths = { readonly [K in 'rootd' | 'leaders' | 'sessions' | 'database']: string };

export interface BrokerSettings extends TicketSettings {
  /** PAM profiles. */
  readonly loginProfile: string;
  readonly sessionProfile: string;
  /** Whether there are PAM sessions at all. */
  readonly sessionsEnabled: boolean;
  /** A PAM session for each session, or one for all of a user's. */
  readonly sessionsScope: 'session' | 'user';
  /** How often PAM is asked again about those who are signed in; 0: only at a session's start. */
  readonly recheckMinutes: number;
  /** How long audit rows are kept. */
  readonly auditKeepDays: number;
  /** Groups. */
  readonly adminGroups: readonly string[];
  /** How many tickets, and how many live sessions, one person may have. */
  readonly signInsPerUser: number;
  readonly sessionsPerUser: number;
}

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
  /** Of requests, in the log. */
  readonly refusals: Repeats;
  readonly watch: Watch;
  readonly administrators: Administrators;
  /** Emits each changed row under its id. */
  readonly changes: EventEmitter<Record<string, [AnyRow]>>;
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

/**
 * pam and program: longer than leaders allow by default, who give up by themselves if they can. end: modules may take
 * their time to unmount and to store.
 */
const STEP_MS: Broker['stepMs'] = { pam: 70_000, program: 40_000, end: 60_000 };

export function createBroker(options: BrokerOptions): Broker {
  const { settings, warnings = [], paths = PATHS, now: wall = Date.now } = options;
  const { clock = systemClock, kinds = KINDS, stepMs, askMember } = options;
  const time = new SteadyTime(wall, clock);
  const longest = { idleMs: settings.timeoutMinutes * 60_000, absoluteMs: longestMs(settings) };
  const store = new Store(paths.database, (rows) => boundTimes(rows, time.now(), longest));
  return {
    paths,
    settings,
    warnings,
    startedAt: time.now(),
    time,
    now: time.now,
    clock,
    kinds,
    launchers: { local: localLauncher(paths) },
    stepMs: { ...STEP_MS, ...stepMs },
    unwanted: new Set(),
    steps: new Map(),
    store,
    audit: openAudit(store, wall),
    tickets: openTicketStore(store),
    checks: makeAccountChecks(),
    pamSessions: openPamSessionStore(store),
    sessions: openSessionStore(store),
    links: new Map(),
    keys: new Map(),
    finding: new Map(),
    throttle: new Throttle(clock.monotonic, openThrottleStore(store, time.now, clock.monotonic)),
    slots: new LeaderSlots(clock.monotonic),
    conversations: new Map(),
    codes: new Map(),
    gateways: new Set(),
    announcing: new Map(),
    refusals: new Repeats((kind, more) => log.info('requests-refused', { kind, more })),
    watch: makeWatch(),
    administrators: new Administrators(settings.adminGroups, clock.monotonic, askMember),
    changes: new EventEmitter<Record<string, [AnyRow]>>().setMaxListeners(0),
  };
}
