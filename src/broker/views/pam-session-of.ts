/** Finds the PAM session of a session, and the connection to its leader. */
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker, Link } from '../state/context.ts';

/** undefined: it waits for one, or never got one. */
export function pamSessionOf(
  { pamSessions }: Broker,
  { pamSession }: SessionRow,
): PamSessionRow | undefined {
  return pamSession === null ? undefined : pamSessions.find(pamSession);
}

/** undefined: the broker has no connection to its leader now. */
export function linkOf({ links }: Broker, { pamSession }: SessionRow): Link | undefined {
  return pamSession === null ? undefined : links.get(pamSession);
}
