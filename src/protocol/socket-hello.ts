/**
 * A terminal page sends its hello (gateway-session.ts, with an empty key) in the URL of its WebSocket. In this way the
 * output follows directly after the answer to the upgrade, without another round trip.
 */
import { CodecError, decode, encode, type MessageOf } from './codec.ts';
import { SESSION_PROTOCOL_VERSION, toSession } from './gateway-session.ts';

export type Hello = MessageOf<typeof toSession, 'hello'>;

/** The query string of /s/:id/socket. */
export function writeHello(of: Omit<Hello, 'name' | 'version' | 'key'>): string {
  const version = SESSION_PROTOCOL_VERSION;
  const bytes = encode(toSession, { ...of, name: 'hello', version, key: new Uint8Array() });
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  return `?hello=${digits.join('')}`;
}

/** address: including the query string. */
export function readHello(address: string): Hello {
  const digits = /\?hello=((?:[0-9a-f]{2})+)$/.exec(address)?.[1];
  if (digits === undefined) throw new CodecError('no hello in the address');
  const bytes = digits.match(/../g)!.map((pair) => Number.parseInt(pair, 16));
  const message = decode(toSession, Uint8Array.from(bytes));
  if (message.name !== 'hello') throw new CodecError(`wanted hello, got ${message.name}`);
  if (message.version !== SESSION_PROTOCOL_VERSION) {
    throw new CodecError(`wanted version ${SESSION_PROTOCOL_VERSION}, got ${message.version}`);
  }
  if (message.key.length > 0) throw new CodecError('a page has no session key');
  return message;
}
