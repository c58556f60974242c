/** Connects to a session, of whatever kind, where it runs. What is spoken on the connection is the kind's business. */
import type { Duplex } from 'node:stream';
import { PATHS } from '../protocol/broker-leader.ts';
import type { Place, SessionId } from '../protocol/ids.ts';
import { dialLocal } from './local/dial.ts';

export interface Dialled {
  readonly place: Place;
  readonly session: SessionId;
}
export interface DialOptions {
  /** Gives up when it aborts; a connection that was made stays. */
  readonly signal: AbortSignal;
  /** Directory of the sockets of local sessions. */
  readonly sessions?: string;
}

/**
 * Rejects when nobody takes the connection. An error of the stream is no uncaught one: whoever reads it hears 'close'.
 */
export async function dial(
  { place, session }: Dialled,
  { signal, sessions = PATHS.sessions }: DialOptions,
): Promise<Duplex> {
  switch (place) {
    case 'local':
      return await dialLocal(sessions, session, signal);
    default:
      throw new Error(
        `wanted a session at a place of this server ('local'), got the place '${place}'; restart the server`,
      );
  }
}
