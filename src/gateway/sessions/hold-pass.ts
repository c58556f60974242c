/**
 * What an open terminal does with its pass: extends the ticket while a person types, and has each new broker check it.
 */
import type { SessionId } from '../../protocol/ids.ts';
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';
import type { Gateway } from '../gateway.ts';
import { Failure } from '../problem.ts';

const ACTIVE_MS = 60_000;

/** The returned function is called for every input; it tells the broker at most once a minute. */
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

/** Revocations are lost while there is no broker, so every new one is asked. Returns the release. */
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
