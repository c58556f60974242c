/** Whether what the broker's table says runs, and nothing else: processes, utmp, cgroups, directories, keys, mounts. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { ActiveSession } from '../../src/protocol/cli-broker.ts';
import type { Account } from './accounts.ts';
import { listProcesses, type Process } from './processes.ts';
import { askBroker } from './product.ts';

/** _uid and _uid_ses, which the kernel makes at a user's first session and keeps (user-keyring(7)). */
const KEPT_KEYS = 2;
/** utmp(5): struct utmp of 384 bytes; type at 0, line at 8, user at 44. */
const UTMP = { size: 384, line: 8, user: 44, name: 32, userProcess: 7 };
const SETTLE_MS = 15_000;

/** One session's processes, from the program up. The watch may have been killed: 0. */
export interface Chain {
  readonly program: number;
  readonly host: number;
  readonly leader: number;
  readonly watch: number;
}
export interface Checked {
  readonly rows: readonly ActiveSession[];
  readonly chains: ReadonlyMap<string, Chain>;
}
export interface Expected {
  /** Sessions that must run. */
  readonly running: ReadonlySet<string>;
  /** How many run besides, at least and at most. */
  readonly more: readonly [number, number];
  readonly accounts: readonly Account[];
  /** As it was before the first session. */
  readonly before: Leftovers;
}
/** What a session may leave that belongs to no process. */
export interface Leftovers {
  readonly mounts: string;
  readonly keys: Readonly<Record<string, number>>;
}

/** Returns the table once it and the machine agree; rejects with all differences when they do not come to. */
export async function agree(expected: Expected): Promise<Checked> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const { sessions } = await askBroker('active-sessions', {});
    const processes = listProcesses();
    const chains = new Map(sessions.map((row) => [row.id, findChain(processes, row)] as const));
    const differences = compare(expected, sessions, processes, chains);
    if (differences.length === 0) return { rows: sessions, chains };
    if (performance.now() > deadline) {
      throw new Error(`table and machine do not agree:\n  ${differences.join('\n  ')}`);
    }
    // The process table has no events.
    await delay(15);
  }
}

/** Of the accounts. */
export function readLeftovers(accounts: readonly Account[]): Leftovers {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
  const lines = readFileSync('/proc/key-users', 'utf8').split('\n');
  const keys = accounts.map(({ name, uid }) => {
    const line = lines.find((text) => Number(text.split(':')[0]) === uid);
    return [name, Number(line?.split(/\s+/).at(-3)?.split('/')[0] ?? 0)] as const;
  });
  return { mounts, keys: Object.fromEntries(keys) };
}

export function countDescriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

function compare(
  { running, more: [least, most], accounts, before }: Expected,
  rows: readonly ActiveSession[],
  processes: readonly Process[],
  chains: ReadonlyMap<string, Chain>,
): string[] {
  const ids = rows.map(({ id }) => id as string);
  const users = new Set(accounts.map(({ uid }) => uid));
  const differences = rows
    .filter(({ state }) => state !== 'running')
    .map(({ id, state }) => `session ${id} is '${state}', wanted running`);
  const same = (what: string, came: readonly string[], wanted: readonly string[]): void => {
    const [a, b] = [[...came].sort(), [...wanted].sort()];
    if (a.join() !== b.join())
      differences.push(`${what}: [${a.join(' ')}], wanted [${b.join(' ')}]`);
  };
  const others = ids.filter((id) => !running.has(id));
  same(
    'the table',
    [...running].filter((id) => ids.includes(id)),
    [...running],
  );
  if (others.length < least || others.length > most) {
    differences.push(`besides there run [${others.join(' ')}], wanted ${least} to ${most}`);
  }
  for (const [id, chain] of chains) {
    if (chain.host === 0 || chain.leader === 0) {
      differences.push(`session ${id} has no processes: ${JSON.stringify(chain)}`);
    }
  }
  same('processes', ours(processes, users), wantedProcesses(processes, chains));
  const ttys = rows.flatMap(({ user, tty }) =>
    tty === null ? [] : [`${user}@${tty.slice('/dev/'.length)}`],
  );
  const utmp = readUtmp().filter((text) =>
    accounts.some(({ name }) => text.startsWith(`${name}@`)),
  );
  same('utmp', utmp, ttys);
  same('sessions/', readdirSync(PATHS.sessions), ids);
  same('leaders/', readdirSync(PATHS.leaders), ids);
  same('cgroups', listGroups(), ids);
  differences.push(...compareLeftovers(readLeftovers(accounts), before, rows));
  return differences;
}

function compareLeftovers(
  came: Leftovers,
  before: Leftovers,
  rows: readonly ActiveSession[],
): string[] {
  const differences = came.mounts === before.mounts ? [] : [`mounts:\n${came.mounts}`];
  for (const [name, keys] of Object.entries(came.keys)) {
    const sessions = rows.filter(({ user }) => user === name).length;
    const wanted = (before.keys[name] ?? 0) + sessions + KEPT_KEYS;
    if (keys > wanted) differences.push(`${name} has ${keys} keys, wanted at most ${wanted}`);
  }
  return differences;
}

/** Leaders, hosts, and all that runs as one of the accounts: 'pid what'. */
function ours(processes: readonly Process[], users: ReadonlySet<number>): string[] {
  return processes
    .filter(
      ({ uid, argv }) => users.has(uid) || (uid === 0 && argv[0]?.endsWith('/vestibule-leader')),
    )
    .map(describe);
}

/** Those of the chains, and what descends from their programs. */
function wantedProcesses(
  processes: readonly Process[],
  chains: ReadonlyMap<string, Chain>,
): string[] {
  const pids = new Set(
    [...chains.values()].flatMap((chain) => (Object.values(chain) as number[]).filter(Boolean)),
  );
  for (let grew = true; grew; ) {
    grew = false;
    for (const { pid, parent } of processes) {
      if (pids.has(pid) || !isBelowProgram(parent, pids, chains)) continue;
      pids.add(pid);
      grew = true;
    }
  }
  return processes.filter(({ pid }) => pids.has(pid)).map(describe);
}

function isBelowProgram(
  parent: number,
  pids: ReadonlySet<number>,
  chains: ReadonlyMap<string, Chain>,
): boolean {
  const roots = [...chains.values()].flatMap(({ host, leader, watch }) => [host, leader, watch]);
  return pids.has(parent) && !roots.includes(parent);
}

function describe({ pid, argv }: Process): string {
  return `${pid}:${argv[0]?.split('/').at(-1)}`;
}

function findChain(processes: readonly Process[], row: ActiveSession): Chain {
  const of = (pid: number, name: string): Process | undefined =>
    processes.find((process) => process.pid === pid && process.argv[0]?.endsWith(name));
  const program = processes.find(({ pid, uid }) => pid === row.pid && uid === row.uid);
  const host = of(program?.parent ?? 0, 'vestibule-session-host');
  const leader = of(host?.parent ?? 0, '/vestibule-leader');
  const watch = of(leader?.parent ?? 0, '/vestibule-leader');
  const pid = (process: Process | undefined): number => process?.pid ?? 0;
  return { program: pid(program), host: pid(host), leader: pid(leader), watch: pid(watch) };
}

/** 'user@line' of everybody who is signed in. */
function readUtmp(): string[] {
  const file = readFileSync('/run/utmp');
  const textAt = (at: number): string =>
    file.toString('latin1', at, at + UTMP.name).replace(/\0.*$/s, '');
  const found: string[] = [];
  for (let at = 0; at + UTMP.size <= file.length; at += UTMP.size) {
    if (file.readInt16LE(at) === UTMP.userProcess) {
      found.push(`${textAt(at + UTMP.user)}@${textAt(at + UTMP.line)}`);
    }
  }
  return found;
}

/** The sessions that have a cgroup below ours. */
function listGroups(): string[] {
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
  const base = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((path) =>
    existsSync(`${path}/cgroup.procs`),
  );
  const path = `${base}${own}`;
  return readdirSync(path)
    .filter(
      (name) =>
        name.startsWith('vestibule-') &&
        statSync(`${path}/${name}`, { throwIfNoEntry: false })?.isDirectory() === true,
    )
    .map((name) => name.slice('vestibule-'.length));
}
