/** Makes and starts a gateway. Everything is in the setup, so that tests can run one unprivileged. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Server } from 'node:https';
import type { AddressInfo, BlockList } from 'node:net';
import type { WebSocket } from 'ws';
import type { PublicAddress } from '../config/public-address.ts';
import type { log } from '../lib/log.ts';
import { logSeldom } from '../lib/log-seldom.ts';
import { BrokerClient } from './broker-client.ts';
import type { Clock } from './clock.ts';
import { DEFAULT_LIMITS, type Gateway, type Limits, type Ports, type Side } from './gateway.ts';
import { clientAddress, isProxy } from './http/client-origin.ts';
import { Connections } from './http/connections.ts';
import { type Credentials, createServer } from './http/create-server.ts';
import { logCrowded } from './http/log-crowded.ts';
import { createUpgrader } from './http/upgrade.ts';
import type { Welcome } from './pages/fill-page.ts';
import { type Pages, terminalScriptOf } from './pages/load-pages.ts';
import { Revocations } from './revocations.ts';
import { Conversations } from './sign-in/conversations.ts';
import { TicketCache } from './ticket-cache.ts';

/** A descriptor that already listens, or a port to listen on. */
export type Listen = { readonly fd: number } | { readonly host: string; readonly port: number };

export interface GatewaySetup {
  readonly listen: Readonly<Record<Side, Listen>>;
  readonly credentials: Credentials;
  readonly brokerPath: string;
  /** Directory of the sockets of local sessions. */
  readonly sessions: string;
  readonly hostKey: KeyObject;
  readonly pages: Pages;
  readonly welcome: Welcome;
  readonly proxies: BlockList;
  readonly address: PublicAddress;
  readonly hostName: string;
  readonly clock: Clock;
  readonly log: typeof log;
  readonly limits?: Partial<Limits>;
}
export interface RunningGateway {
  readonly gateway: Gateway;
  readonly ports: Ports;
  /** Resolves when the first attempt to connect to the broker has succeeded or failed. */
  readonly triedBroker: Promise<void>;
  /** Closes every socket; pages come back by themselves. */
  readonly close: () => Promise<void>;
}

export async function startGateway(given: GatewaySetup): Promise<RunningGateway> {
  const seldom = logSeldom(given.log);
  const setup = { ...given, log: seldom.log };
  const servers: Partial<Record<Side, Server>> = {};
  const ports: Record<Side, number> = { home: 0, session: 0 };
  const gateway = createGateway(setup, () => ports);
  const open = new Set<WebSocket>();
  const upgrader = createUpgrader(gateway, open);
  for (const side of ['home', 'session'] as const) {
    const server = createServer(gateway, side, setup.credentials, upgrader);
    servers[side] = server.listen(setup.listen[side]);
  }
  await Promise.all([once(servers.home!, 'listening'), once(servers.session!, 'listening')]);
  // Kept in a variable: a closed server has no port, but still answers requests.
  for (const side of ['home', 'session'] as const) ports[side] = portOf(servers[side]!);
  return {
    gateway,
    ports,
    triedBroker: gateway.broker.connect(),
    close: async () => {
      await closeAll(gateway, [servers.home!, servers.session!], open);
      seldom.end();
    },
  };
}

function createGateway(setup: GatewaySetup, ports: () => Ports): Gateway {
  const { clock, log, hostKey, pages, welcome, proxies, address, sessions, hostName } = setup;
  const limits = { ...DEFAULT_LIMITS, ...setup.limits };
  const broker = new BrokerClient(setup.brokerPath, log);
  const revocations = new Revocations(clock);
  const tickets = new TicketCache(broker, clock, revocations);
  const conversations = new Conversations(clock);
  broker.on('revoked', (revoked) => {
    tickets.dropRevoked(revoked);
    revocations.revoke(revoked);
  });
  broker.on('down', () => conversations.endAll());
  const connections = countConnections(setup, limits);
  const ownCertificate = !isSelfSigned(setup.credentials.certificate);
  const terminalScript = terminalScriptOf(pages);
  return {
    ...{
      broker,
      tickets,
      revocations,
      conversations,
      connections,
      pages,
      welcome,
      proxies,
      address,
      sessions,
      hostKey,
    },
    ...{ terminalScript, hostName, ownCertificate, clock, log, limits, ports },
  };
}

function countConnections({ proxies, clock, log }: GatewaySetup, limits: Limits): Connections {
  const peers = {
    isProxy: (address: string) => isProxy(proxies, address),
    clientAddress: (incoming: IncomingMessage) => clientAddress({ proxies }, incoming),
  };
  return new Connections(limits, peers, clock, logCrowded(clock, log));
}

/** The generated certificate is self-signed. */
function isSelfSigned(certificate: string | Buffer): boolean {
  const leaf = new X509Certificate(certificate);
  return leaf.checkIssued(leaf);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function closeAll(
  gateway: Gateway,
  servers: readonly Server[],
  open: ReadonlySet<WebSocket>,
): Promise<void> {
  gateway.broker.close();
  const closed = servers.map((server) => once(server, 'close'));
  for (const server of servers) server.close();
  for (const ws of open) ws.terminate();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(closed);
}
