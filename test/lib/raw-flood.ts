/** A client that writes as much as it is let and never reads an answer. */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import type { WebClient } from './client.ts';

/** A TLS connection from which nothing is read. */
export async function openUnread(address: URL): Promise<TLSSocket> {
  const socket = connect({
    ...{ host: address.hostname, port: Number(address.port), rejectUnauthorized: false },
    ALPNProtocols: ['http/1.1'],
  });
  await once(socket, 'secureConnect');
  socket.on('error', () => {}); // the server may have had enough
  return socket;
}

/** The same as a WebSocket of this person, after the answer to its upgrade. */
export async function openUnreadSocket(client: WebClient, address: URL): Promise<TLSSocket> {
  const socket = await openUnread(address);
  socket.write(upgradeRequest(client, address));
  const [answer] = await once(socket, 'data');
  socket.pause();
  if (!String(answer).startsWith('HTTP/1.1 101'))
    throw new Error(`wanted 101, got ${String(answer)}`);
  return socket;
}

/** What this person's browser asks for a WebSocket with. */
export function upgradeRequest(client: WebClient, address: URL): string {
  const head = {
    host: address.host,
    origin: address.origin,
    cookie: client.cookieHeader(address.pathname),
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${address.pathname}${address.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A frame of a browser, masked with zeros (RFC 6455 §5.2). At most 125 bytes. */
export function browserFrame(opcode: number, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** Writes this again and again. isOver: all of it is written, it was ended, or nothing of it is taken any more. */
export function flood(socket: TLSSocket, piece: Buffer, bytes: number) {
  const chunk = Buffer.concat(Array(Math.ceil(65_536 / piece.length)).fill(piece));
  let written = 0;
  const write = (): void => {
    while (written < bytes && !socket.destroyed) {
      written += chunk.length;
      if (!socket.write(chunk)) return;
    }
  };
  socket.on('drain', write);
  write();
  let seen = 0;
  let seenAt = 0;
  return {
    isOver: (asked: number): boolean => {
      if (socket.destroyed || (written >= bytes && socket.writableLength === 0)) return true;
      if (written !== seen) [seen, seenAt] = [written, asked];
      return asked - seenAt > 300;
    },
    stop: () => socket.destroy(),
    /** For the figures. */
    words: () =>
      `${(socket.bytesWritten / 1e6).toFixed(1)} MB written, ${socket.destroyed ? 'then it was ended' : 'still open'}`,
  };
}
