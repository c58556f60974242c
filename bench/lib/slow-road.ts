/**
 * A road to the server on which each packet takes its time, for what netem does where the kernel has it: every byte
 * comes half a round trip later. What sets a connection up, TCP's and TLS's handshakes, either takes its time as well
 * or is free, so that requests are all that is waited for.
 */

import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** What a client of TLS 1.3 sends right before its Finished and its first request: change_cipher_spec (RFC 8446, D.4). */
const LAST_FLIGHT = Buffer.from([0x14, 0x03, 0x03, 0x00, 0x01, 0x01]);

export interface SlowRoad {
  roundTripMs: number;
  freeSetUp: boolean;
  readonly close: () => void;
}

/** Listens on `address` at each port and leads to 127.0.0.1 at the same port. */
export async function openSlowRoad(address: string, ports: readonly number[]): Promise<SlowRoad> {
  const road = { roundTripMs: 0, freeSetUp: false, close: () => {} };
  const servers = ports.map((port) =>
    createServer((near) => {
      const far = createConnection(port, '127.0.0.1');
      const half = road.roundTripMs / 2;
      const opened = performance.now();
      let settingUp = true;
      near.on('data', (chunk: Buffer) => {
        if (chunk.subarray(0, LAST_FLIGHT.length).equals(LAST_FLIGHT)) settingUp = false;
      });
      const isFree = (): boolean => road.freeSetUp && settingUp;
      const handshake = road.freeSetUp ? 0 : 3 * half;
      const late = (): number => Math.max(half, opened + handshake - performance.now());
      carry(near, far, () => (isFree() ? 0 : late()));
      carry(far, near, () => (isFree() ? 0 : half));
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
