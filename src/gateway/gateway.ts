/** The context that every handler gets; start-gateway.ts makes it. */
import type { KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { WebSocket } from 'ws';
import type { PublicAddress } from '../config/public-address.ts';
import type { log } from '../lib/log.ts';
import type { BrokerClient } from './broker-client.ts';
import type { Clock } from './clock.ts';
import type { ConnectionLimits, Connections } from './http/connections.ts';
import type { Welcome } from './pages/fill-page.ts';
import type { Pages } from './pages/load-pages.ts';
import type { Revocations } from './revocations.ts';
import type { Host } from './security/read-host.ts';
import type { Conversations } from './sign-in/conversations.ts';
import type { TicketCache } from './ticket-cache.ts';

export interface Gateway {
  readonly broker: BrokerClient;
  readonly tickets: TicketCache;
  readonly revocations: Revocations;
  readonly conversations: Conversations;
  readonly connections: Connections;
  readonly pages: Pages;
  /** Address of the terminal page's script, on the session origin. */
  readonly terminalScript: string;
  readonly welcome: Welcome;
  /** Ed25519: signs the conversation keys of leaders. */
  readonly hostKey: KeyObject;
  /** The address by which browsers reach us. */
  readonly address: PublicAddress;
  /** The peers whose X-Forwarded-For is believed (www-trusted-proxies). */
  readonly proxies: BlockList;
  /** Directory of the sockets of local sessions. */
  readonly sessions: string;
  /** As the pages show it. */
  readonly hostName: string;
  readonly ownCertificate: boolean;
  readonly clock: Clock;
  readonly log: typeof log;
  readonly limits: Limits;
  /** The ports that the servers listen on. */
  readonly ports: () => Ports;
}
export type Side = 'home' | 'session';
export type Ports = Readonly<Record<Side, number>>;

export interface Limits extends ConnectionLimits {
  /** Most bytes of a request body. */
  readonly body: number;
  /** How long a session may take to accept a connection, and again to say hello. */
  readonly dialMs: number;
  /** How often open WebSockets are pinged. */
  readonly pingMs: number;
  /** Bytes that may wait for a browser; beyond that the sender has to wait. */
  readonly viewerBytes: number;
}
export const DEFAULT_LIMITS: Limits = {
  connections: 4096,
  perNetwork: 1024,
  body: 65_536,
  dialMs: 10_000,
  pingMs: 30_000,
  viewerBytes: 262_144,
};

/** host: the name by which the browser reached us. */
export type Env = { Bindings: HttpBindings & { readonly host: Host } };
export type Handler = (gateway: Gateway, c: Context<Env>) => Response | Promise<Response>;
/** id: the session in the address, '' where there is none. An exception closes the socket. */
export type SocketHandler = (
  gateway: Gateway,
  ws: WebSocket,
  incoming: IncomingMessage,
  id: string,
) => Promise<void>;
