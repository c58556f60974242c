/** All that a session could leave behind, as it is now: processes, utmp, cgroups, files, sockets, keys, mounts, rows. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { Account } from './accounts.ts';
import { withDatabase } from './database.ts';
import { cgroupOf, listProcesses, type Process } from './processes.ts';
import { listUtmp } from './utmp.ts';

/** unix(7): it was listened on. */
const SO_ACCEPTCON = '00010000';

export interface Machine {
  readonly processes: readonly Process[];
  /** 'user@line' of everybody who is signed in. */
  readonly utmp: readonly string[];
  /** Below our own cgroup. */
  readonly cgroups: readonly string[];
  /** Files and directories below /run/vestibule. */
  readonly files: readonly string[];
  /** Names below /run/vestibule that are listened on. */
  readonly sockets: readonly string[];
  /** By name: how many keys the kernel keeps for the user. */
  readonly keys: Readonly<Record<string, number>>;
  /** 'path type source', as often as it is mounted there. */
  readonly mounts: readonly string[];
  readonly rows: Rows;
}
export interface Rows {
  /** Sessions that have not ended. */
  readonly live: readonly string[];
  readonly pamSessions: readonly string[];
  /** Sessions that have, and could still be entered by a pass. */
  readonly enterable: readonly string[];
  readonly tickets: number;
}

export function readMachine(accounts: readonly Account[]): Machine {
  return {
    processes: listProcesses(),
    utmp: listUtmp(readFileSync('/run/utmp')).map(({ user, line }) => `${user}@${line}`),
    cgroups: readdirSync(ownCgroup(), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name),
    files: readdirSync(PATHS.run, { recursive: true, encoding: 'utf8' }),
    sockets: listListeners(),
    keys: Object.fromEntries(accounts.map((account) => [account.name, countKeys(account)])),
    mounts: listMounts(),
    rows: readRows(),
  };
}

/** Where the leaders of this sandbox make the groups of their sessions. */
export function ownCgroup(): string {
  const base = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((path) =>
    existsSync(`${path}/cgroup.procs`),
  );
  return `${base}${cgroupOf('self')}`;
}

export function countKeys({ uid }: Pick<Account, 'uid'>): number {
  // user-keyring(7), proc(5): "UID: usage nkeys/nikeys …"
  const line = new RegExp(`^\\s*${uid}:\\s+\\d+\\s+(\\d+)/`, 'm');
  return Number(line.exec(readFileSync('/proc/key-users', 'utf8'))?.[1] ?? 0);
}

/** A leader's has for good the name that it was bound to, before it listened. */
function listListeners(): string[] {
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === SO_ACCEPTCON && fields[7]?.startsWith(`${PATHS.run}/`))
    .map((fields) => fields[7]!.slice(PATHS.run.length + 1).replace(/\.new$/, ''));
}

/** proc(5): fields 5 and, behind the dash, type and source. */
function listMounts(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, type, source] = / - (\S+) (\S+)/.exec(line)!;
      return `${line.split(' ')[4]} ${type} ${source}`;
    });
}

function readRows(): Rows {
  return withDatabase(
    (database) => {
      const ids = (query: string): string[] =>
        database
          .prepare(query)
          .all()
          .map(({ id }) => String(id));
      return {
        live: ids('SELECT id FROM sessions WHERE ended IS NULL'),
        pamSessions: ids('SELECT id FROM pam_sessions WHERE ended IS NULL'),
        enterable: ids(
          'SELECT DISTINCT id FROM sessions JOIN passes ON session = id WHERE ended IS NOT NULL',
        ),
        tickets: ids('SELECT id FROM tickets').length,
      };
    },
    { readOnly: true },
  );
}
