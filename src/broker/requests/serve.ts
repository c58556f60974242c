/** Runs the broker: adopts running leaders, serves the two sockets, and removes what has expired. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { inBackground } from '../../lib/in-background.ts';
import { log } from '../../lib/log.ts';
import { lookAgain, watchLeaders } from '../adoption/watch-leaders.ts';
import { closeAllUnused } from '../pam-sessions/close-unused.ts';
import { dropCodes } from '../sessions/enter-session.ts';
import type { Broker } from '../state/context.ts';
import { createBroker } from '../state/create-broker.ts';
import type { BrokerOptions } from '../state/settings.ts';
import { recheckDue } from '../tickets/recheck.ts';
import { revokeExpired } from '../tickets/revoke-tickets.ts';
import { stopWatching } from '../usage/watch-sessions.ts';
import { followClock } from './follow-clock.ts';
import { cliRequests, gatewayRequests } from './requests.ts';
import { type Service, serveConnection } from './serve-connection.ts';

/** A descriptor in production, a path in tests. */
type Listening = { readonly fd: number } | { readonly path: string };

export interface ServeOptions extends BrokerOptions {
  readonly listen: { readonly gateway: Listening; readonly cli: Listening };
}
export interface RunningBroker {
  readonly broker: Broker;
  /** Sessions and their leaders keep running. */
  readonly close: () => Promise<void>;
}

/** How long it waits for leaders before it serves: one that does not answer must not block all users. */
const ADOPTION_MS = 2_000;
const CLEAN_UP_MS = 10_000;
/** How long the rows of ended sessions are kept. For the audit it is audit-keep-days. */
const KEEP_ENDED_MS = 7 * 86_400_000;

export async function serveBroker(options: ServeOptions): Promise<RunningBroker> {
  const broker = createBroker(options);
  const adoption = watchLeaders(broker);
  await Promise.race([adoption, delay(ADOPTION_MS, undefined, { ref: false })]);
  const peers = broker.gateways;
  const services: Service[] = [
    { name: 'gateway', requests: gatewayRequests, peers },
    { name: 'cli', requests: cliRequests },
  ];
  const stops = await Promise.all(
    services.map((service) => listen(broker, service, options.listen[service.name])),
  );
  const timer = setInterval(() => cleanUp(broker), CLEAN_UP_MS);
  return {
    broker,
    close: async () => {
      clearInterval(timer);
      stopWatching(broker);
      (await adoption).close();
      await Promise.all(stops.map((stop) => stop()));
      for (const link of broker.links.values()) link.leader.destroy();
      broker.announcing.clear();
      broker.announcingPam.clear();
      broker.refusals.endPeriod();
      broker.store.close();
    },
  };
}

/** Returns a function that stops it. */
async function listen(broker: Broker, service: Service, where: Listening) {
  const streams = new Set<{ destroy: () => void }>();
  const server: Server = createServer((socket) => {
    streams.add(socket);
    socket.once('close', () => streams.delete(socket));
    inBackground('serve', serveConnection(broker, service, socket));
  });
  server.listen(where);
  await once(server, 'listening');
  return async () => {
    const closed = once(server, 'close');
    server.close();
    for (const stream of streams) stream.destroy();
    await closed;
  };
}

function cleanUp(broker: Broker): void {
  try {
    followClock(broker);
    revokeExpired(broker);
    inBackground('recheck', recheckDue(broker));
    dropCodes(broker);
    closeAllUnused(broker);
    lookAgain(broker);
    broker.sessions.prune(broker.now() - KEEP_ENDED_MS);
    broker.pamSessions.prune(broker.now() - KEEP_ENDED_MS);
    broker.throttle.prune();
    broker.store.pruneAudit(broker.now() - broker.settings.auditKeepDays * 86_400_000);
    broker.store.look();
  } catch (error) {
    log.error('clean-up-failed', { error });
  }
}
