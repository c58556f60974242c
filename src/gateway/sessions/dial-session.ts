/** Connects to the session of a pass, whatever its kind: the broker says where it runs. */
import type { Duplex } from 'node:stream';
import { dial } from '../../launcher/dial.ts';
import { SECRET_PATTERN } from '../../protocol/gateway-broker.ts';
import type { SessionId, TicketId, UserName } from '../../protocol/ids.ts';
import type { Gateway } from '../gateway.ts';
import { Failure } from '../problem.ts';

export interface DialledSession {
  /** The caller limits what it reads: the session may send anything. */
  readonly stream: Duplex;
  /** The session key, which a viewer has to send first. */
  readonly key: Buffer;
  readonly pass: string;
  /** The ticket that the pass belongs to. */
  readonly ticket: TicketId;
  /** Whose session it is. */
  readonly user: UserName;
}

export async function dialSession(
  gateway: Gateway,
  pass: string | undefined,
  session: SessionId,
): Promise<DialledSession> {
  if (pass === undefined) throw new Failure('not-signed-in', 'the request has no pass');
  if (!SECRET_PATTERN.test(pass)) throw new Failure('not-signed-in', 'the pass is malformed');
  const { ticket, user, key, place } = await gateway.broker.request('session-dial', {
    pass,
    session,
  });
  if (gateway.revocations.isRevoked(ticket)) {
    throw new Failure('not-signed-in', 'the ticket was revoked while the session was dialled');
  }
  const { sessions, limits } = gateway;
  const signal = AbortSignal.timeout(limits.dialMs);
  const stream = await dial({ place, session }, { signal, sessions }).catch((error: Error) => {
    throw new Failure('unavailable', `session not reached: ${error.message}`);
  });
  return { stream, key: Buffer.from(key, 'base64'), pass, ticket, user };
}
