/**
 * A road to the server that goes in steps of half a round trip: what either side sends is held until both are quiet, and
 * then all of it arrives at once. So a wait is counted in steps and no clock is asked: a slow machine is not a long road.
 * What sets a connection up, TCP's and TLS's handshakes, either goes in steps as well or is free, so that requests are all
 * that is waited for.
 */

import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

/** What a client of TLS 1.3 sends right before its Finished and its first request: change_cipher_spec (RFC 8446, D.4). */
const LAST_FLIGHT = Buffer.from([0x14, 0x03, 0x03, 0x00, 0x01, 0x01]);
/** SYN and its answer, then the first bytes. */
const FIRST_BYTES = 3;
/** Longer than what one message causes takes to be sent, on a machine that does other things besides. */
const QUIET_MS = 500;

interface Held {
  /** The step in which it arrives, at the earliest. */
  readonly step: number;
  readonly arrive: () => void;
}

export class CountedRoad {
  freeSetUp = false;
  /** Half round trips so far. While nothing is under way there are none. */
  steps = 0;
  close = (): void => {};
  private readonly connections = new Set<Socket>();
  private held: Held[] = [];
  private quiet: NodeJS.Timeout | undefined;
  private readonly idle = new Set<() => void>();

  /** Listens on `address` at each port and leads to 127.0.0.1 at the same port. */
  static async open(address: string, ports: readonly number[]): Promise<CountedRoad> {
    const road = new CountedRoad();
    const servers = ports.map((port) =>
      createServer((near) => road.connect(near, createConnection(port, '127.0.0.1'))).listen(
        port,
        address,
      ),
    );
    await Promise.all(servers.map((server) => once(server, 'listening')));
    road.close = () => {
      clearTimeout(road.quiet);
      for (const server of servers) server.close();
      road.cut();
    };
    return road;
  }

  /** Until nothing has been under way for a while: a person is slower than that. */
  async untilQuiet(): Promise<void> {
    const quiet = new Promise<void>((resolve) => this.idle.add(resolve));
    this.wait();
    await quiet;
  }

  /** As after a while without use: whoever comes next has to set connections up. */
  cut(): void {
    for (const socket of this.connections) socket.destroy();
  }

  private connect(near: Socket, far: Socket): void {
    const first = this.steps + FIRST_BYTES;
    let free = this.freeSetUp;
    near.on('data', (chunk: Buffer) => {
      if (chunk.subarray(0, LAST_FLIGHT.length).equals(LAST_FLIGHT)) free = false;
    });
    this.carry(near, far, () => (free ? null : this.freeSetUp ? 0 : first));
    this.carry(far, near, () => (free ? null : 0));
  }

  /** earliest: the step before which nothing arrives, or null for what is free. */
  private carry(from: Socket, to: Socket, earliest: () => number | null): void {
    this.connections.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      const arrive = (): void => void (to.writable && to.write(chunk));
      const step = earliest();
      if (step === null) arrive();
      else this.hold({ arrive, step: Math.max(step, this.steps + 1) });
    });
    from.on('error', () => {});
    from.on('close', () => {
      this.connections.delete(from);
      to.destroySoon();
    });
  }

  private hold(one: Held): void {
    this.held.push(one);
    this.wait();
  }

  private wait(): void {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.step(), QUIET_MS);
  }

  private step(): void {
    if (this.held.length === 0) {
      for (const resolve of this.idle) resolve();
      this.idle.clear();
      return;
    }
    this.steps += 1;
    const { held, steps } = this;
    this.held = held.filter(({ step }) => step > steps);
    for (const { step, arrive } of held) if (step <= steps) arrive();
    this.wait();
  }
}
