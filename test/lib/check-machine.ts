/** Whether what the broker's table says runs, and nothing else does or is left. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { ActiveSession, PamSessionView } from '../../src/protocol/cli-broker.ts';
import type { Account } from './accounts.ts';
import { type Chain, findChain, findLeaders, listUnwanted } from './chains.ts';
import { askBroker, VESTIBULE } from './product.ts';
import { type Machine, readMachine } from './read-machine.ts';

const SETTLE_MS = 15_000;

export interface Expected {
  /** Sessions that must run. */
  readonly running: ReadonlySet<string>;
  /** How many run besides, at least and at most. */
  readonly more?: readonly [number, number];
  readonly accounts: readonly Account[];
  readonly before: Machine;
  /** Sessions whose leader and watch were both killed: nobody was left to take away their files, which may be there. */
  readonly abandoned?: ReadonlyMap<string, ActiveSession>;
  /** Mounts that are meant to be there besides, once for each. */
  readonly mounts?: (leaders: readonly number[]) => readonly string[];
  /** undefined: any number. */
  readonly tickets?: number;
}
export interface Checked {
  readonly rows: readonly ActiveSession[];
  readonly chains: ReadonlyMap<string, Chain>;
}
type Found = Checked & { readonly differences: readonly string[] };

/** Returns the table once it and the machine agree; rejects with all differences when they do not come to. */
export async function agree(expected: Expected): Promise<Checked> {
  const deadline = performance.now() + SETTLE_MS;
  for (;;) {
    const found = await inspect(expected);
    if (found.differences.length === 0) return found;
    if (performance.now() > deadline) {
      throw new Error(`table and machine do not agree:\n  ${found.differences.join('\n  ')}`);
    }
    // The process table has no events.
    await delay(15);
  }
}

/** As it is now: things may be on their way. */
export async function inspect(expected: Expected): Promise<Found> {
  const { sessions: rows } = await askBroker('active-sessions', {});
  const { pamSessions } = await askBroker('pam-sessions', {});
  const machine = readMachine(expected.accounts);
  const chains = new Map(rows.map((row) => [row.id, findChain(machine.processes, row)] as const));
  const leaders = findLeaders(machine.processes, pamSessions);
  const differences = [
    ...compareTable(expected, rows, pamSessions),
    ...compareProcesses(expected, machine, chains, leaders),
    ...compareRest(expected, machine, rows, pamSessions, leaders),
    ...compareKeys(expected, machine, pamSessions),
  ];
  return { rows, chains, differences };
}

/**
 * The machine before the first session of these accounts. The kernel keeps two keyrings for a user from the first
 * session on (user-keyring(7)), so each has one, while it is looked how many keys there are.
 */
export async function readBaseline(accounts: readonly Account[]): Promise<Machine> {
  const machine = readMachine(accounts);
  const keys: Record<string, number> = {};
  for (const { name } of accounts) {
    const run = spawn(VESTIBULE, ['run', name, '--', 'sh', '-c', 'echo ready; read -r end'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(run.stdout, 'data');
    keys[name] = readMachine(accounts).keys[name]! - 1;
    run.stdin.end();
    await once(run, 'exit');
  }
  return { ...machine, keys };
}

function compareTable(
  { running, more: [least, most] = [0, 0] }: Expected,
  rows: readonly ActiveSession[],
  pamSessions: readonly PamSessionView[],
): string[] {
  const ids = rows.map(({ id }) => id as string);
  const others = ids.filter((id) => !running.has(id));
  return [
    ...rows
      .filter(({ state }) => state !== 'running')
      .map(({ id, state }) => `session ${id} is '${state}', wanted running`),
    ...pamSessions
      .filter(({ state }) => state !== 'open')
      .map(({ id, state }) => `PAM session ${id} is '${state}', wanted open`),
    ...[...running].filter((id) => !ids.includes(id)).map((id) => `session ${id} is not listed`),
    ...(others.length < least || others.length > most
      ? [`besides there run [${others.join(' ')}], wanted ${least} to ${most}`]
      : []),
  ];
}

function compareProcesses(
  { before }: Expected,
  { processes }: Machine,
  chains: ReadonlyMap<string, Chain>,
  leaders: ReadonlyMap<string, Chain>,
): string[] {
  const differences = [
    ...[...chains].filter(([, { host, leader }]) => host === 0 || leader === 0),
    ...[...leaders].filter(([, { leader }]) => leader === 0),
  ].map(([id, chain]) => `session ${id} has no processes: ${JSON.stringify(chain)}`);
  const unwanted = listUnwanted(processes, before.processes, new Map([...chains, ...leaders]));
  if (unwanted.length > 0) differences.push(`processes: not wanted [${unwanted.join(', ')}]`);
  return differences;
}

function compareRest(
  { before, abandoned = new Map(), mounts = () => [], tickets }: Expected,
  machine: Machine,
  rows: readonly ActiveSession[],
  pamSessions: readonly PamSessionView[],
  chains: ReadonlyMap<string, Chain>,
): string[] {
  const leaders = [...chains.values()].map(({ leader }) => leader);
  const left = [...abandoned.values()];
  const live = filesOf(
    rows,
    pamSessions.map(({ id }) => id),
  );
  const kept = filesOf(
    left,
    left.map(({ pamSession }) => String(pamSession)),
  );
  const { rows: database } = machine;
  const check = (what: 'utmp' | 'cgroups' | 'files' | 'sockets'): string[] =>
    compare(what, machine[what], [...before[what], ...live[what]], kept[what]);
  return [
    ...(['utmp', 'cgroups', 'files', 'sockets'] as const).flatMap(check),
    ...compare('mounts', machine.mounts, [...before.mounts, ...mounts(leaders)]),
    ...compare(
      'rows of sessions',
      database.live,
      rows.map(({ id }) => id),
    ),
    ...compare(
      'rows of PAM sessions',
      database.pamSessions,
      pamSessions.map(({ id }) => id),
    ),
    ...compare('passes of ended sessions', database.enterable, []),
    ...(tickets === undefined || tickets === database.tickets
      ? []
      : [`rows of tickets: ${database.tickets}, wanted ${tickets}`]),
  ];
}

/** What each session and each PAM session has. */
function filesOf(rows: readonly ActiveSession[], pamSessions: readonly string[]) {
  const sockets = [
    ...[...new Set(pamSessions)].map((id) => `leaders/${id}`),
    ...rows.map(({ id }) => `sessions/${id}/s`),
  ];
  return {
    utmp: rows.flatMap(({ user, tty }) => (tty === null ? [] : [`${user}@${tty.slice(5)}`])),
    cgroups: rows.map(({ id }) => `vestibule-${id}`),
    files: [...sockets, ...rows.map(({ id }) => `sessions/${id}`)],
    sockets,
  };
}

/** One session keyring for each PAM session. */
function compareKeys(
  { before }: Expected,
  { keys }: Machine,
  pamSessions: readonly PamSessionView[],
): string[] {
  return Object.entries(keys).flatMap(([name, came]) => {
    const wanted = before.keys[name]! + pamSessions.filter(({ user }) => user === name).length;
    return came === wanted ? [] : [`keys of ${name}: ${came}, wanted ${wanted}`];
  });
}

/** Each as often as it is wanted. */
function compare(
  what: string,
  came: readonly string[],
  wanted: readonly string[],
  tolerated: readonly string[] = [],
): string[] {
  const missing = [...wanted];
  const unneeded = came.filter((one) => {
    const at = missing.indexOf(one);
    if (at >= 0) missing.splice(at, 1);
    return at < 0;
  });
  const extra = unneeded.filter((one) => !tolerated.includes(one));
  return [
    ...(extra.length > 0 ? [`${what}: not wanted [${extra.join(', ')}]`] : []),
    ...(missing.length > 0 ? [`${what}: missing [${missing.join(', ')}]`] : []),
  ];
}
