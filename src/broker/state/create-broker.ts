/** The state of a broker at its start: empty except for what the database has. */
import { EventEmitter } from 'node:events';
import { KINDS } from '../../kinds/kinds.ts';
import { localLauncher } from '../../launcher/local/launcher.ts';
import { log } from '../../lib/log.ts';
import { Repeats } from '../../lib/repeats.ts';
import { PATHS } from '../../protocol/broker-leader.ts';
import { systemClock } from '../base/clock.ts';
import { SteadyTime } from '../base/steady-time.ts';
import { openAudit } from '../database/audit.ts';
import { boundTimes } from '../database/bound-times.ts';
import { Store } from '../database/store.ts';
import { openPamSessionStore } from '../rows/pam-session-store.ts';
import { openSessionStore } from '../rows/session-store.ts';
import { openTicketStore } from '../rows/ticket-store.ts';
import { longestMs } from '../rows/ticket-times.ts';
import { LeaderSlots } from '../throttle/leader-slots.ts';
import { Throttle } from '../throttle/throttle.ts';
import { openThrottleStore } from '../throttle/throttle-store.ts';
import { makeAccountChecks } from './account-checks.ts';
import { Administrators } from './administrators.ts';
import type { AnyRow, Broker } from './context.ts';
import type { BrokerOptions } from './settings.ts';
import { makeWatch } from './watch.ts';

/**
 * pam and program: longer than the default timeouts of leaders, which give up first if they can. end: modules may need
 * time to unmount and to save data.
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
    announcingPam: new Map(),
    refusals: new Repeats((kind, more) => log.info('requests-refused', { kind, more })),
    watch: makeWatch(),
    administrators: new Administrators(settings.adminGroups, clock.monotonic, askMember),
    changes: new EventEmitter<Record<string, [AnyRow]>>().setMaxListeners(0),
  };
}
