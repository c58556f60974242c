/**
 * Pipelined requests (RFC 9112 §9.3.2) wait in memory, and their answers too. No browser and no proxy pipelines: more
 * than a few such requests are an attack, and end the connection.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const MOST = 8;

/** False: too many, the connection was ended. */
export type PipelineLimit = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

export function limitPipelining(): PipelineLimit {
  const unanswered = new WeakMap<Socket, number>();
  const add = (socket: Socket, count: number): number => {
    const now = (unanswered.get(socket) ?? 0) + count;
    unanswered.set(socket, now);
    return now;
  };
  return ({ socket }, outgoing) => {
    if (socket.destroyed) return false;
    if (add(socket, 1) > MOST) {
      socket.destroy();
      return false;
    }
    outgoing.once('close', () => add(socket, -1));
    return true;
  };
}
