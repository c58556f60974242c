/** What an open terminal does with its pass: keeps the ticket alive while a person types, and asks a new broker. */
import type { SessionId } from '../../protocol/ids.ts';
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';
import type { Gateway } from '../gateway.ts';
import { Failure } from '../problem.ts';

const ACTIVE_MS = 60_000;

/** To be called for every input; tells the broker at most once a minute. */
export function markActive(gateway: Gateway, pass: string, session: SessionId): () => void {
  let toldAt = -Infinity;
  return () => {
    const now = gateway.clock.monotonic();
    if (now - toldAt < ACTIVE_MS) return;
    toldAt = now;
    gateway.broker.request('session-active', { pass, session }).catch((detail) => {
      gateway.log.info('terminal not marked active', { session, detail });
    });
  };
}

/** Revocations of a time without a broker are lost, so every new connection is asked again. Returns the release. */
export function recheckPass(
  gateway: Gateway,
  pass: string,
  session: SessionId,
  close: (code: number) => void,
): () => void {
  const recheck = (): void => {
    gateway.broker.request('session-dial', { pass, session }).catch((error) => {
      const code = error instanceof Failure ? error.code : 'internal';
      if (code === 'not-signed-in') close(CLOSE_CODES.signedOut);
      else if (code === 'session-not-found') close(CLOSE_CODES.sessionNotFound);
    });
  };
  gateway.broker.on('up', recheck);
  return () => gateway.broker.off('up', recheck);
}
