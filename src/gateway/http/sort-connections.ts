/** Looks at each new connection before TLS: counts it, and answers plain HTTP in plain HTTP. */
import { createServer as createPlainServer } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Gateway } from '../gateway.ts';
import { answerPlain } from './answer-plain.ts';

/** ContentType handshake (RFC 8446 §5.1): the first byte of every TLS connection. */
const HANDSHAKE = 0x16;
/** Timeout for the first byte, and for a whole request without TLS. */
const FIRST_MS = 10_000;

/** Replaces the server's handler of new connections, and passes those that speak TLS on to it. */
export function sortConnections(gateway: Gateway, server: Server): void {
  const plain = createPlainServer({ maxHeaderSize: 16_384 }, (incoming, outgoing) =>
    answerPlain(gateway, incoming, outgoing),
  );
  const handlers = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    gateway.connections.admit(socket);
    if (socket.destroyed) return;
    const fail = (): Socket => socket.destroy();
    const timer = setTimeout(fail, FIRST_MS);
    socket.once('close', () => clearTimeout(timer));
    socket.on('error', fail);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      if (first[0] !== HANDSHAKE) {
        plain.emit('connection', socket);
        process.nextTick(() => socket.resume());
        return;
      }
      clearTimeout(timer);
      socket.off('error', fail);
      for (const handle of handlers) handle.call(server, socket);
    });
  });
}
