/**
 * Every TCP connection of both servers, with its network and how long it has been idle. A network that reaches its
 * limit loses its own idle connections; when the server's limit is reached, the network with the most connections loses
 * one to a network that has fewer.
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
/** Who is at the other end of a connection. */
export interface Peers {
  readonly isProxy: (address: string) => boolean;
  readonly clientAddress: (incoming: IncomingMessage) => string;
}
interface Connection {
  readonly socket: Socket;
  /** The peer's network; null: the peer is a proxy, whose connections serve everybody. */
  readonly peer: string | null;
  /** The network of the client that it serves now; null: an idle connection of a proxy. */
  network: string | null;
  /** How many requests are being answered; an open WebSocket counts as one. */
  busy: number;
  /** Monotonic ms: when it was accepted, or its last request began or ended. */
  since: number;
}

export class Connections {
  private readonly limits: ConnectionLimits;
  private readonly peers: Peers;
  private readonly clock: Clock;
  /** A connection was ended or refused; null: a proxy's. */
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

  /** Adds a new connection, or ends it when there is no room. */
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

  /** Begins a request or a WebSocket; the returned function ends it. Throws when the network has too many. */
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

  /** Makes room for one more; false: there is none. */
  private hasRoom(network: string | null): boolean {
    if (network !== null && !this.hasShare(network)) return false;
    if (this.all.size < this.limits.connections) return true;
    const [greediest, most] = this.findGreediest();
    const idle = longestIdle(most);
    if (idle !== undefined) return this.end(idle);
    // None is idle: a network that has clearly fewer than others is let in all the same.
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

  /** The network with the most connections; of several, the one with the connection that has been idle longest. */
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

/** Identifies a connection, for its TLS socket and the TCP socket below it alike. */
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
