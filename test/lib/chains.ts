/** Which process belongs to which session, from the program up, and which to none. */
import type { ActiveSession, PamSessionView } from '../../src/protocol/cli-broker.ts';
import type { Process } from './processes.ts';

/** One session's processes. The watch may have been killed: 0. */
export interface Chain {
  readonly program: number;
  readonly host: number;
  readonly leader: number;
  readonly watch: number;
}

/** The services, by the ends of their paths: one of each. */
const SERVICES = ['/bin/vestibule-supervise', '/bin/vestibule-rootd', '/broker.js', '/gateway.js'];
/** Of the test's own, as `vestibule run`. */
const COMMAND = '/cli.js';

export function findChain(processes: readonly Process[], row: ActiveSession): Chain {
  const of = (pid: number, name: string): Process | undefined =>
    processes.find((process) => process.pid === pid && process.argv[0]?.endsWith(name));
  const program = processes.find(({ pid, uid }) => pid === row.pid && uid === row.uid);
  const host = of(program?.parent ?? 0, '/vestibule-session-host');
  const leader = of(host?.parent ?? 0, '/vestibule-leader');
  const watch = of(leader?.parent ?? 0, '/vestibule-leader');
  const pid = (process: Process | undefined): number => process?.pid ?? 0;
  return { program: pid(program), host: pid(host), leader: pid(leader), watch: pid(watch) };
}

/** Leader and watch of each PAM session, as its row has the leader. */
export function findLeaders(
  processes: readonly Process[],
  pamSessions: readonly PamSessionView[],
): ReadonlyMap<string, Chain> {
  const find = (pid: number): Process | undefined =>
    processes.find((one) => one.pid === pid && one.argv[0]?.endsWith('/vestibule-leader'));
  return new Map(
    pamSessions.map((row) => {
      const leader = find(row.leader);
      const watch = find(leader?.parent ?? 0);
      return [row.id, { program: 0, host: 0, leader: leader?.pid ?? 0, watch: watch?.pid ?? 0 }];
    }),
  );
}

/** What is no service, belongs to no session, was not there before, and is no command of this test's own. */
export function listUnwanted(
  processes: readonly Process[],
  before: readonly Process[],
  chains: ReadonlyMap<string, Chain>,
): string[] {
  const pids = [...chains.values()].flatMap((chain) => Object.values(chain) as number[]);
  const known = new Set([...before.map(({ pid }) => pid), ...pids]);
  for (const name of SERVICES) {
    const service = processes.find(({ argv }) => argv.some((arg) => arg.endsWith(name)));
    if (service !== undefined) known.add(service.pid);
  }
  for (const { pid, parent, argv } of processes) {
    if (parent === process.pid && argv.some((arg) => arg.endsWith(COMMAND))) known.add(pid);
  }
  const programs = findDescendants(
    processes,
    [...chains.values()].map(({ program }) => program),
  );
  return processes
    .filter(({ pid }) => !known.has(pid) && !programs.has(pid))
    .map(({ pid, uid, argv }) => `${pid} ${argv.join(' ').slice(0, 80)} (uid ${uid})`);
}

function findDescendants(
  processes: readonly Process[],
  roots: readonly number[],
): ReadonlySet<number> {
  const found = new Set(roots.filter((pid) => pid !== 0));
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  return found;
}
