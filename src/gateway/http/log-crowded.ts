/** Logs connections that were ended or refused because there were too many, one line for many of them. */
import type { log } from '../../lib/log.ts';
import type { Clock } from '../clock.ts';

const EVERY_MS = 10_000;

/** network: of the connection; the line names the last one. */
export function logCrowded(clock: Clock, logger: typeof log): (network: string | null) => void {
  let ended = 0;
  let loggedAt = -Infinity;
  return (network) => {
    ended += 1;
    const now = clock.monotonic();
    if (now - loggedAt < EVERY_MS) return;
    logger.warning('too many connections, ending some', { network: network ?? 'proxies', ended });
    ended = 0;
    loggedAt = now;
  };
}
