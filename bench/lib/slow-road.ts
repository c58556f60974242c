/**
 * A road to the server on which each packet takes its time, for what netem does where the kernel has it: every byte
 * comes half a round trip later, and the first ones of a connection a whole one more, for TCP's own handshake.
 */

import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

export interface SlowRoad {
  roundTripMs: number;
  readonly close: () => void;
}

/** Listens on `address` at each port and leads to 127.0.0.1 at the same port. */
export async function openSlowRoad(address: string, ports: readonly number[]): Promise<SlowRoad> {
  const road = { roundTripMs: 0, close: () => {} };
  const servers = ports.map((port) =>
    createServer((near) => {
      const far = createConnection(port, '127.0.0.1');
      const half = road.roundTripMs / 2;
      const opened = performance.now();
      carry(near, far, () => Math.max(half, opened + 3 * half - performance.now()));
      carry(far, near, () => half);
    }).listen(port, address),
  );
  await Promise.all(servers.map((server) => once(server, 'listening')));
  road.close = () => {
    for (const server of servers) server.close();
  };
  return road;
}

/** In order, each chunk after its delay. */
function carry(from: Socket, to: Socket, delayMs: () => number): void {
  from.setNoDelay(true);
  from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), delayMs()));
  from.on('error', () => to.destroy());
  from.on('close', () => setTimeout(() => to.destroy(), delayMs()));
}
