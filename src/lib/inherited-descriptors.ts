/**
 * The descriptors that supervise (or systemd) left open for this process: LISTEN_FDS of them from 3 on, named by
 * LISTEN_FDNAMES, meant for LISTEN_PID; sd_listen_fds(3).
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
      `wanted the descriptors ${wanted.join(', ')}, ${missing.join(', ')} did not come: this program is started by vestibule-supervise`,
    );
  }
  return Object.fromEntries(found) as Record<N, number>;
}

/** Tells whoever started us that we serve now. */
export function announceReady(descriptor: number): void {
  try {
    writeSync(descriptor, 'READY=1\n');
    closeSync(descriptor);
  } catch {
    // Nobody reads it any more: supervise was restarted. We serve all the same.
  }
}

/** Tells whoever started us why we do not serve: `vestibule status` says it. Instead of announceReady, not after it. */
export function announceFailure(descriptor: number, reason: string): void {
  try {
    writeSync(descriptor, `STATUS=${reason.replaceAll(/\s+/g, ' ')}\n`);
    closeSync(descriptor);
  } catch {
    // as above
  }
}
