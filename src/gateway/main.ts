/**
 * The gateway, uid vestibule-web: all HTTP. It gets its listening sockets and the certificate as descriptors from
 * supervise (or systemd), and holds no secret but the certificate's key.
 */
import { closeSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration, problemLine } from '../config/load.ts';
import { readPublicAddress } from '../config/public-address.ts';
import { inBackground } from '../lib/in-background.ts';
import {
  announceFailure,
  announceReady,
  inheritedDescriptors,
} from '../lib/inherited-descriptors.ts';
import { log } from '../lib/log.ts';
import { PATHS } from '../protocol/broker-leader.ts';
import { importHostKey } from '../protocol/verify-key.ts';
import { systemClock } from './clock.ts';
import { DEFAULT_LIMITS } from './gateway.ts';
import { checkCredentials } from './http/check-credentials.ts';
import { listProxies } from './http/client-origin.ts';
import { makeWelcome } from './pages/fill-page.ts';
import { loadPages } from './pages/load-pages.ts';
import { type RunningGateway, startGateway } from './start-gateway.ts';

const DESCRIPTORS = ['home', 'session', 'certificate', 'certificate-key', 'ready'] as const;

async function main(): Promise<void> {
  const fds = inheritedDescriptors(DESCRIPTORS);
  try {
    await serve(fds);
  } catch (error) {
    announceFailure(fds.ready, (error as Error).message);
    throw error;
  }
  announceReady(fds.ready);
}

async function serve(fds: Readonly<Record<(typeof DESCRIPTORS)[number], number>>): Promise<void> {
  const { values, problems } = loadConfiguration();
  if (problems.length > 0) throw new Error(problems.map(problemLine).join('; '));
  const address = readPublicAddress(values);
  const running = await startGateway({
    listen: { home: { fd: fds.home }, session: { fd: fds.session } },
    credentials: checkCredentials({
      certificate: readOnce(fds.certificate),
      key: readOnce(fds['certificate-key']),
    }),
    brokerPath: PATHS.brokerForGateway,
    sessions: PATHS.sessions,
    hostKey: importHostKey(readFileSync(PATHS.hostPublicKey)),
    pages: loadPages(join(import.meta.dirname, '../page'), address.root),
    address,
    proxies: listProxies(values['www-trusted-proxies']),
    welcome: makeWelcome(values['www-title'], values['www-banner']),
    hostName: hostname(),
    clock: systemClock,
    log,
    limits: {
      connections: Math.min(DEFAULT_LIMITS.connections, affordableConnections()),
      perNetwork: values['www-connections-per-network'],
    },
  });
  stopOnSignal(running);
  log.info('gateway serves', { ...running.ports, pid: process.pid });
  // Whoever comes as soon as we are ready would be told that the server is restarting.
  await running.triedBroker;
}

/** A terminal needs two descriptors, to its browser and its session-host; 64 are for everything else. */
function affordableConnections(): number {
  const open = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return Math.max(1, Math.floor((Number(open ?? Infinity) - 64) / 2));
}

function readOnce(fd: number): Buffer {
  const content = readFileSync(fd);
  closeSync(fd);
  return content;
}

function stopOnSignal(running: RunningGateway): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info('gateway stops', { signal });
      inBackground('stop', running.close());
    });
  }
}

function fail(error: Error): never {
  log.error('gateway failed', { detail: error.stack ?? error.message });
  process.exit(1);
}

process.on('uncaughtException', fail);
main().catch(fail);
