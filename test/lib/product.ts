/** The installed product, whose processes a test may kill: supervise is the test's own child, so its log is at hand. */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { CliRequestName, CliRequests } from '../../src/protocol/cli-broker.ts';
import type { PamSessionId, SessionId } from '../../src/protocol/ids.ts';
import { greet, parseJson, sendJson } from '../../src/protocol/json-frame.ts';
import { listProcesses } from './processes.ts';
import { ownCgroup } from './read-machine.ts';
import { removeCgroup } from './remains.ts';
import { startServer } from './server.ts';

export const SERVICES = ['rootd', 'broker', 'gateway'] as const;
export type Service = (typeof SERVICES)[number];
export const INSTALLED = '/usr/local/lib/vestibule/current';
export const VESTIBULE = `${INSTALLED}/bin/vestibule`;

/** Accounts of the tests. */
const FIRST_UID = 61_000;

export class Product {
  /** What all supervises and what they started wrote to stderr. */
  log = '';
  private child: ChildProcess | null = null;
  private readonly grew = new EventEmitter();

  /** As an administrator does it; then the server is stopped again, start() is ours. */
  static async install(): Promise<Product> {
    await (await startServer()).interrupt();
    return new Product();
  }

  get supervise(): number {
    return this.child?.pid ?? 0;
  }

  /** Returns when it serves. */
  async start(): Promise<void> {
    const from = this.log.length;
    this.spawn();
    await this.serving(from, SERVICES);
  }

  /** Without waiting for anything. */
  spawn(...args: readonly string[]): void {
    const child = spawn(`${INSTALLED}/bin/vestibule-supervise`, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
      this.grew.emit('log');
    });
    this.child = child;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    // After SIGKILL its children get theirs from the kernel.
    await until(() => this.servicesLeft().length === 0, 'the services are gone');
  }

  pidOf(service: Service): number {
    const starts = [...this.log.matchAll(new RegExp(`${service} started as process (\\d+)`, 'g'))];
    return Number(starts.at(-1)?.[1]);
  }

  countDescriptors(service: Service): number {
    return readdirSync(`/proc/${this.pidOf(service)}/fd`).length;
  }

  /** kill -9. Returns at once, with where in the log what follows begins. */
  strike(services: readonly Service[]): number {
    const from = this.log.length;
    for (const service of services) process.kill(this.pidOf(service), 'SIGKILL');
    return from;
  }

  /** Waits until those that were struck serve again. */
  async serving(from: number, services: readonly Service[]): Promise<void> {
    for (const service of services) {
      await this.logged(new RegExp(`${service} started as process`), from);
      if (service !== 'rootd') await this.logged(new RegExp(`${service} is ready`), from);
    }
    if (services.some((service) => service !== 'rootd')) {
      await this.logged(/"event":"broker connected"/, from);
    }
  }

  async kill(...services: readonly Service[]): Promise<void> {
    await this.serving(this.strike(services), services);
  }

  /** Waits until the log has it behind its first `from` characters. */
  async logged(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    const signal = AbortSignal.timeout(30_000);
    for (;;) {
      const match = pattern.exec(this.log.slice(from));
      if (match !== null) return match;
      await once(this.grew, 'log', { signal }).catch(() => {
        const end = this.log.slice(from).slice(-4000);
        throw new Error(`wanted ${pattern} in the log within 30 s, it has:\n${end}`);
      });
    }
  }

  /** Nothing of ours runs afterwards and nothing is known: for the test after one that failed. */
  async wipe(): Promise<void> {
    await this.stop();
    for (;;) {
      const left = listProcesses().filter(
        ({ argv, uid }) => uid >= FIRST_UID || argv[0]?.startsWith(`${dirname(INSTALLED)}/`),
      );
      if (left.length === 0) break;
      for (const { pid } of left) kill(pid);
      await delay(20);
    }
    for (const path of [PATHS.leaders, PATHS.sessions]) {
      for (const name of readdirSync(path)) rmSync(`${path}/${name}`, { recursive: true });
    }
    for (const name of readdirSync(ownCgroup())) {
      if (name.startsWith('vestibule-')) removeCgroup(name);
    }
    writeFileSync('/run/utmp', '');
    for (const end of ['', '-wal', '-shm']) rmSync(`${PATHS.database}${end}`, { force: true });
  }

  private servicesLeft(): unknown[] {
    const names = ['/bin/vestibule-rootd', '/dist/broker.js', '/dist/gateway.js'];
    return listProcesses().filter(({ argv }) =>
      names.some((name) => argv.some((arg) => arg === INSTALLED + name || arg.endsWith(name))),
    );
  }
}

export function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}

/** For what has no event: the process table, utmp, keys. Rejects with `what` after so many seconds. */
export async function until(holds: () => boolean, what: string, seconds = 10): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`wanted within ${seconds} s: ${what}`);
    await delay(10);
  }
}

/** What root's CLI asks, without a process for each question. */
export async function askBroker<K extends CliRequestName>(
  type: K,
  ask: CliRequests[K]['ask'],
): Promise<CliRequests[K]['answer']> {
  const socket = createConnection(PATHS.brokerForCli);
  try {
    await once(socket, 'connect');
    const frames = await greet(socket);
    sendJson(frames, { id: 1, type, ...ask });
    const frame = await frames.next();
    const answer = frame === null ? {} : parseJson(frame);
    if (answer.ok === undefined) throw new Error(`${type}: ${JSON.stringify(answer)}`);
    return answer.ok as CliRequests[K]['answer'];
  } finally {
    socket.destroy();
  }
}
/** Of a session that has not ended. */
export async function pamSessionOf(session: SessionId): Promise<PamSessionId> {
  const { sessions } = await askBroker('active-sessions', {});
  const pamSession = sessions.find(({ id }) => id === session)?.pamSession;
  if (!pamSession) throw new Error(`session ${session} is in no PAM session`);
  return pamSession;
}
