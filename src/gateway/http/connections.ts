/**
 * Every TCP connection of both servers: whose it is, and since when it is idle. No network takes all of them: beyond its
 * share its own idle ones go, and when all are taken the greediest network gives way to one that has less.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from '../../lib/network-of.ts';
import type { Clock } from '../clock.ts';
import { Failure } from '../problem.ts';

export interface ConnectionLimits {
  /** Open connections of both servers together. */
  readonly connections: number;
  /** Of them, those of one network. */
  readonly perNetwork: number;
}
/** What the peers of connections are to us. */
export interface Peers {
  readonly isProxy: (address: string) => boolean;
  readonly clientAddress: (incoming: IncomingMessage) => string;
}
interface Connection {
  readonly socket: Socket;
  /** Of its peer; null: a proxy's, who holds connections for everybody. */
  readonly peer: string | null;
  /** Of the one whom it serves now; null: a proxy's that is idle. */
  network: string | null;
  /** Requests that are being answered, or its WebSocket. */
  busy: number;
  /** Monotonic ms: when it came, or its last request began or ended. */
  since: number;
}

export class Connections {
  private readonly limits: ConnectionLimits;
  private readonly peers: Peers;
  private readonly clock: Clock;
  /** One was ended or refused; null: a proxy's. */
  private readonly crowded: (network: string | null) => void;
  private readonly all = new Set<Connection>();
  private readonly networks = new Map<string | null, Set<Connection>>();
  private readonly byAddress = new Map<string, Connection>();

  constructor(
    limits: ConnectionLimits,
    peers: Peers,
    clock: Clock,
    crowded: (network: string | null) => void,
  ) {
    this.limits = limits;
    this.peers = peers;
    this.clock = clock;
    this.crowded = crowded;
  }

  /** A new one; it is ended when there is no room for it. */
  admit(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    const peer = this.peers.isProxy(address) ? null : networkOf(address);
    const connection = { socket, peer, network: peer, busy: 0, since: this.clock.monotonic() };
    if (!this.hasRoom(peer)) {
      this.crowded(peer);
      socket.destroy();
      return;
    }
    const key = endsOf(socket);
    this.all.add(connection);
    this.byAddress.set(key, connection);
    this.join(connection);
    socket.once('close', () => {
      if (this.byAddress.get(key) === connection) this.byAddress.delete(key);
      this.forget(connection);
    });
  }

  /** A request begins, or a WebSocket; what comes back ends it. Throws when its network has too many. */
  begin(incoming: IncomingMessage): () => void {
    const connection = this.byAddress.get(endsOf(incoming.socket));
    if (connection === undefined) return () => {}; // it has been ended meanwhile
    const network = connection.peer ?? networkOf(this.peers.clientAddress(incoming));
    if (network !== connection.network && !this.hasShare(network)) {
      this.crowded(network);
      throw new Failure('too-many', `${this.limits.perNetwork} connections of ${network}`);
    }
    this.change(connection, network, 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.change(connection, connection.busy > 1 ? network : connection.peer, -1);
    };
  }

  private change(connection: Connection, network: string | null, busy: number): void {
    connection.busy += busy;
    connection.since = this.clock.monotonic();
    if (network === connection.network || !this.all.has(connection)) return;
    this.leave(connection);
    connection.network = network;
    this.join(connection);
  }

  /** Makes it, where it can. */
  private hasRoom(network: string | null): boolean {
    if (network !== null && !this.hasShare(network)) return false;
    if (this.all.size < this.limits.connections) return true;
    const [greediest, most] = this.findGreediest();
    const idle = longestIdle(most);
    if (idle !== undefined) return this.end(idle);
    // All of them are used: whoever has clearly less than others comes in all the same.
    const own = this.networks.get(network)?.size ?? 0;
    const oldest = greediest === network || most.size <= own + 1 ? undefined : oldestOf(most);
    return oldest !== undefined && this.end(oldest);
  }

  private hasShare(network: string): boolean {
    const own = this.networks.get(network);
    if (own === undefined || own.size < this.limits.perNetwork) return true;
    const idle = longestIdle(own);
    return idle !== undefined && this.end(idle);
  }

  /** With the most connections; of several, the one whose idle connection is idle longest. */
  private findGreediest(): readonly [string | null, ReadonlySet<Connection>] {
    const [first, ...others] = this.networks;
    return others.reduce((greediest, other) => {
      const more = other[1].size - greediest[1].size;
      if (more !== 0) return more > 0 ? other : greediest;
      return idleSince(other[1]) < idleSince(greediest[1]) ? other : greediest;
    }, first!);
  }

  private end(connection: Connection): true {
    this.crowded(connection.network);
    this.forget(connection);
    connection.socket.destroy();
    return true;
  }

  private forget(connection: Connection): void {
    if (this.all.delete(connection)) this.leave(connection);
  }

  private join(connection: Connection): void {
    const own = this.networks.get(connection.network) ?? new Set();
    this.networks.set(connection.network, own.add(connection));
  }

  private leave(connection: Connection): void {
    const own = this.networks.get(connection.network);
    own?.delete(connection);
    if (own?.size === 0) this.networks.delete(connection.network);
  }
}

/** What tells a connection from all others, over TLS and under it. */
function endsOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress} ${localPort}`;
}

function oldestOf(connections: Iterable<Connection>): Connection | undefined {
  let oldest: Connection | undefined;
  for (const one of connections) if (oldest === undefined || one.since < oldest.since) oldest = one;
  return oldest;
}

function longestIdle(connections: ReadonlySet<Connection>): Connection | undefined {
  return oldestOf([...connections].filter(({ busy }) => busy === 0));
}

function idleSince(connections: ReadonlySet<Connection>): number {
  return longestIdle(connections)?.since ?? Infinity;
}
