/**
 * Samples every few seconds what sessions use, for users with an open page only, and announces what has changed. Also
 * announces changed troubles of the server to administrators. While no page is open nothing runs.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Amounts, Launcher } from '../../launcher/launcher.ts';
import { inBackground } from '../../lib/in-background.ts';
import { log } from '../../lib/log.ts';
import { USAGE_EVERY_MS, type Usage } from '../../protocol/page-gateway.ts';
import { type Person, personKey } from '../rows/person.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';
import { CpuMeter } from '../state/cpu-meter.ts';
import type { Sample } from '../state/watch.ts';
import { announceSession } from '../views/announce.ts';
import { pamSessionOf } from '../views/pam-session-of.ts';
import { tellTroubles } from './tell-troubles.ts';

/** Longer than two intervals of the gateway's session-watch requests. */
const LOOKS_MS = 25_000;
/** Smaller changes are not announced. */
const NOTABLE = { memory: 1 << 20, cpu: 0.05, cpuShare: 0.01, activity: 8_000 };

export function watchSessions(broker: Broker, { user, uid }: Person): void {
  const { watch, clock } = broker;
  const key = personKey({ user, uid });
  const known = watch.persons.has(key);
  watch.persons.set(key, { person: { user, uid }, until: clock.monotonic() + LOOKS_MS });
  if (!known) inBackground('usage', lookAt(broker, { user, uid }));
  watch.timer ??= setTimeout(lookLater, USAGE_EVERY_MS, broker).unref();
}

export function stopWatching({ watch }: Broker): void {
  if (watch.timer) clearTimeout(watch.timer);
  watch.persons.clear();
}

/** Takes a sample now, also without an open page. */
export function sample(broker: Broker, row: SessionRow): Sample {
  const { id, state } = row;
  const { samples } = broker.watch;
  const launcher = launcherOf(broker, row);
  if (state !== 'running' || launcher === undefined)
    return samples.get(id) ?? { usage: null, activity: null };
  const activity = launcher.activity(row, broker.now());
  const taken = { usage: measure(broker, row, launcher.usage(row)), activity };
  samples.set(id, taken);
  return taken;
}

function launcherOf(broker: Broker, row: SessionRow): Launcher | undefined {
  const pam = pamSessionOf(broker, row);
  return pam && broker.launchers[pam.place];
}

function measure(
  { watch, clock }: Broker,
  { id }: SessionRow,
  amounts: Amounts | null,
): Usage | null {
  if (amounts === null) return null;
  const meter = watch.meters.get(id) ?? new CpuMeter();
  watch.meters.set(id, meter);
  return { ...amounts, cpuShare: meter.take(amounts.cpu, clock.monotonic()) };
}

function lookLater(broker: Broker): void {
  inBackground('usage', lookAtAll(broker));
}

export async function lookAtAll(broker: Broker): Promise<void> {
  const { watch, clock } = broker;
  for (const [key, { person, until }] of watch.persons) {
    if (until <= clock.monotonic()) watch.persons.delete(key);
    else await lookAt(broker, person);
  }
  if (watch.timer) clearTimeout(watch.timer);
  watch.timer = null;
  if (watch.persons.size === 0) return;
  watch.timer = setTimeout(lookLater, USAGE_EVERY_MS, broker).unref();
}

/** Yields after each session, so that other work waits for one sample at most. */
async function lookAt(broker: Broker, person: Person): Promise<void> {
  try {
    for (const { id } of broker.sessions.listLiveOf(person)) {
      const row = broker.sessions.find(id);
      // It may have ended in the meantime.
      if (row?.ended === null && hasChanged(broker, row)) announceSession(broker, row);
      await nextTurn();
    }
    tellTroubles(broker, person);
  } catch (error) {
    log.error('usage-not-read', { user: person.user, error });
  }
}

function hasChanged(broker: Broker, row: SessionRow): boolean {
  const before = broker.watch.samples.get(row.id);
  if (isNotable(before, sample(broker, row))) return true;
  // The next sample is compared with the one that was announced, because small changes add up.
  if (before) broker.watch.samples.set(row.id, before);
  return false;
}

function isNotable(before: Sample | undefined, after: Sample): boolean {
  if (before === undefined) return true;
  const [a, b] = [before.usage, after.usage];
  if (a === null || b === null) return a !== b || before.activity !== after.activity;
  return (
    a.processes !== b.processes ||
    Math.abs(a.memory - b.memory) >= NOTABLE.memory ||
    Math.abs(a.cpu - b.cpu) >= NOTABLE.cpu ||
    (a.cpuShare === null) !== (b.cpuShare === null) ||
    Math.abs((a.cpuShare ?? 0) - (b.cpuShare ?? 0)) >= NOTABLE.cpuShare ||
    Math.abs((after.activity ?? 0) - (before.activity ?? 0)) >= NOTABLE.activity
  );
}
