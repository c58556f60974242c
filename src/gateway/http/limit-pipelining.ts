/**
 * Requests that a client sends before it has had the answers to earlier ones (RFC 9112 §9.3.2) wait in memory with their
 * answers. No browser and no proxy does that, so that more than a few are an attack, and end the connection.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const MOST = 8;

/** False: it was one too many. */
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
