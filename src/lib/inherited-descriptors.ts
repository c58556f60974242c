/**
 * The descriptors that this process inherits from supervise (or systemd), as in sd_listen_fds(3): LISTEN_FDS of them,
 * from number 3 on, with the names in LISTEN_FDNAMES, for the process LISTEN_PID.
 */
import { closeSync, writeSync } from 'node:fs';

const FIRST = 3;

/** Descriptor numbers by name. Throws when one of `wanted` is missing. */
export function inheritedDescriptors<N extends string>(
  wanted: readonly N[],
  environment: NodeJS.ProcessEnv = process.env,
  pid: number = process.pid,
): Readonly<Record<N, number>> {
  const { LISTEN_FDS, LISTEN_FDNAMES, LISTEN_PID } = environment;
  const mine = LISTEN_PID === undefined || Number(LISTEN_PID) === pid;
  const names = mine && LISTEN_FDS !== undefined ? (LISTEN_FDNAMES ?? '').split(':') : [];
  const count = Number(LISTEN_FDS ?? 0);
  const found = new Map(names.slice(0, count).map((name, index) => [name, FIRST + index]));
  const missing = wanted.filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw new Error(
      `wanted the descriptors ${wanted.join(', ')}, ${missing.join(', ')} missing: this program must be started by vestibule-supervise`,
    );
  }
  return Object.fromEntries(found) as Record<N, number>;
}

/** Tells supervise that this service is ready. */
export function announceReady(descriptor: number): void {
  try {
    writeSync(descriptor, 'READY=1\n');
    closeSync(descriptor);
  } catch {
    // Nobody reads the pipe: supervise was restarted. The service works all the same.
  }
}

/** Tells supervise why this service cannot start; `vestibule status` shows it. To be called instead of announceReady. */
export function announceFailure(descriptor: number, reason: string): void {
  try {
    writeSync(descriptor, `STATUS=${reason.replaceAll(/\s+/g, ' ')}\n`);
    closeSync(descriptor);
  } catch {
    // As above.
  }
}
