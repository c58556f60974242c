/** What tests of attacks share: other users' processes and connections, the product's processes, log and audit. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { Requests } from '../../src/protocol/gateway-broker.ts';
import { greet, parseJson, sendJson } from '../../src/protocol/json-frame.ts';
import type { Problem } from '../../src/protocol/problems.ts';
import { withDatabase } from './database.ts';
import { listProcesses, type Process } from './processes.ts';
import { type Server, startServer } from './server.ts';

/** The server with this configuration (KEY=VALUE) and no other. */
export async function startWith(lines: readonly string[] = []): Promise<Server> {
  spawnSync('mkdir', ['-p', '/etc/vestibule']);
  rmSync(PATHS.configuration, { force: true });
  writeFileSync(PATHS.configuration, `${lines.join('\n')}\n`, { mode: 0o644 });
  return await startServer('--port', '9443');
}

/** Ends the server and, which outlive it, all sessions: the next test file finds none of them. */
export async function stopAll(server: Server | undefined): Promise<void> {
  await server?.interrupt();
  const left = ownProcesses().map(({ pid }) => pid);
  for (const pid of left) {
    try {
      process.kill(pid, 'SIGTERM'); // a leader closes its session; its watch waits for that
    } catch {
      // It has ended meanwhile.
    }
  }
  if (left.length > 0) {
    spawnSync('tail', [...left.map((pid) => `--pid=${pid}`), '-s', '0.02', '-f', '/dev/null']);
  }
}

/** The command line that makes a process another user's for good. */
export function becoming(user: string): readonly string[] {
  const groups = ['--reuid', user, '--regid', user, '--init-groups'];
  return ['setpriv', ...groups, '--inh-caps=-all', '--bounding-set=-all', '--no-new-privs'];
}

/** A shell script in a process of another user. */
export function runAs(user: string, script: string): SpawnSyncReturns<string> {
  const [program, ...args] = [...becoming(user), 'sh', '-c', script];
  return spawnSync(program!, args, { encoding: 'utf8', cwd: '/' });
}

/** A connection that a process of another user made: what goes in here comes out there. */
export function connectAs(user: string, path: string): Duplex {
  const relay =
    "const s=require('net').connect(process.argv[1]);process.stdin.pipe(s).pipe(process.stdout)";
  const [program, ...args] = [...becoming(user), process.execPath, '-e', relay, path];
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'ignore'], cwd: '/' });
  child.stdin.on('error', () => {}); // it ended first
  const duplex = Duplex.from({ writable: child.stdin, readable: child.stdout });
  duplex.on('close', () => child.kill());
  return duplex;
}

/** Faster, for many: for the length of the connect call this process is the other user (SO_PEERCRED, unix(7)), without
 * supplementary groups. */
export function connectQuickly(user: string | null, path: string): Socket {
  if (user === null) return connect(path);
  const before = process.getgroups!();
  process.setgroups!([]);
  process.setegid!(user);
  process.seteuid!(user);
  try {
    return connect(path);
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
    process.setgroups!(before);
  }
}

/** Somebody who has the gateway's uid and speaks to the broker on its real socket. */
export class FalseGateway {
  private readonly frames: Awaited<ReturnType<typeof greet>>;
  private lastId = 0;

  private constructor(frames: Awaited<ReturnType<typeof greet>>) {
    this.frames = frames;
  }

  static async connect(): Promise<FalseGateway> {
    return new FalseGateway(await greet(connectAs('vestibule-web', PATHS.brokerForGateway)));
  }

  /** The answer, or the problem. Events are passed over. */
  async ask<K extends keyof Requests>(
    type: K,
    ask: Requests[K]['ask'],
  ): Promise<{ readonly ok?: Requests[K]['answer']; readonly problem?: Problem }> {
    const id = ++this.lastId;
    sendJson(this.frames, { ...ask, id, type });
    for (;;) {
      const frame = await this.frames.next();
      if (frame === null) throw new Error(`wanted an answer to ${type}, got the end`);
      const message = parseJson(frame);
      if (message.id === id) return message;
    }
  }

  close(): void {
    this.frames.destroy();
  }
}

const PROGRAMS = /(?:\/bin\/vestibule-[a-z-]+|\/dist\/(?:gateway|broker)\.js)$/;

/** All processes of the product; watch and leader have one name. */
export function ownProcesses(): Process[] {
  return listProcesses().filter(({ argv }) => argv.some((arg) => PROGRAMS.test(arg)));
}

/** Where supervise, started by npm start, has all of the product write to. */
export const LOG = '/var/log/vestibule/vestibule.log';

/** Longer than anything takes that is waited for: it is there to say what did not come. */
const PATIENCE_MS = 30_000;

export function readLog(): string {
  return readFileSync(LOG, 'utf8');
}

/** Waits until the log has it, behind its first `from` characters. */
export async function logged(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
  const watcher = watch(LOG);
  try {
    for (;;) {
      const match = pattern.exec(readLog().slice(from));
      if (match !== null) return match;
      await once(watcher, 'change', { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {
        throw new Error(`wanted ${pattern} in the log, got: ${readLog().slice(from).slice(-2000)}`);
      });
    }
  } finally {
    watcher.close();
  }
}

export interface AuditRow {
  readonly event: string;
  readonly user: string | null;
  readonly problem: string | null;
  readonly reference: string | null;
  readonly detail: string | null;
}

export function readAudit(): AuditRow[] {
  return withDatabase((database) =>
    database.prepare('SELECT event, user, problem, reference, detail FROM audit').all(),
  ) as unknown as AuditRow[];
}
