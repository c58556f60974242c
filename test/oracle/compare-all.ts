/** All cases by all ways, and what comes of it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { OPTIONS } from '../../src/config/options.ts';
import { Product } from '../lib/product.ts';
import { compareBooted, isBooted } from './booted-machine.ts';
import type { Case } from './case.ts';
import { accessCases } from './cases/access.ts';
import { readBootedCases } from './cases/booted.ts';
import { credentialCases } from './cases/credentials.ts';
import { directoryCases, stopServices } from './cases/directory.ts';
import { environmentCases } from './cases/environment.ts';
import { homeCases } from './cases/homes.ts';
import { readProfiles } from './cases/profiles.ts';
import { programCases } from './cases/programs.ts';
import { secondFactorCases } from './cases/second-factor.ts';
import { compareColumns, type Row } from './compare.ts';
import { prepareMachine, startSshd } from './machine.ts';
import { judgePoints, SERVER } from './points.ts';
import { goBy, makeSubject, type Subject } from './run-cases.ts';
import { compareServer, describeServer, type ServerState } from './server-state.ts';
import type { WayName } from './way.ts';
import { enterBySsh } from './ways/ssh.ts';
import { enterBySu } from './ways/su.ts';
import { vestibuleWay } from './ways/vestibule.ts';

export interface Report {
  readonly ways: readonly WayName[];
  readonly cases: readonly { readonly name: string; readonly stack: readonly string[] }[];
  readonly rows: readonly Row[];
  readonly unexplained: number;
  /** null: not all cases were run. */
  readonly points: ReturnType<typeof judgePoints> | null;
}

/** names: parts of the names of the cases that are wanted; none: all. */
export async function compareAll(names: readonly string[]): Promise<Report> {
  const here = await compareHere(names);
  if (isBooted) return here;
  const booted = compareBooted(names);
  const rows = [...here.rows, ...booted.rows];
  return {
    ...here,
    rows,
    cases: [...here.cases, ...booted.cases],
    unexplained: here.unexplained + booted.unexplained,
    points: names.length === 0 ? judgePoints(rows) : null,
  };
}

async function compareHere(names: readonly string[]): Promise<Report> {
  prepareMachine();
  const subjects: Subject[] = [];
  for (const one of casesOf(names)) subjects.push(await makeSubject(one));
  const sshd = await startSshd();
  await goBy(enterBySu, 'su', subjects);
  await goBy(enterBySsh, 'ssh', subjects);
  await stop(sshd);
  const { ways, server } = await goByVestibule(subjects);
  await stopServices();
  const serverName = isBooted ? `booted: ${SERVER}` : SERVER;
  const rows = [
    ...subjects.flatMap((subject) => compareColumns(subject.case, subject.columns)),
    ...compareServer(serverName, server),
  ];
  return {
    ways: ['su', 'ssh', ...ways],
    cases: [...subjects.map((subject) => subject.case), { name: serverName, stack: [] }].map(
      ({ name, stack }) => ({ name, stack }),
    ),
    rows,
    unexplained: rows.filter(({ verdict }) => verdict === 'unexplained').length,
    points: null,
  };
}

function casesOf(names: readonly string[]): Case[] {
  const all = isBooted
    ? readBootedCases()
    : [
        ...environmentCases,
        ...credentialCases,
        ...homeCases,
        ...programCases,
        ...accessCases,
        ...secondFactorCases,
        ...directoryCases,
        ...readProfiles(),
      ];
  const wanted = all.filter(
    ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
  );
  return wanted;
}

type ServerStates = Partial<Record<WayName, { before: ServerState; after: ServerState }>>;

/** One server after the other: a scope is an option. */
async function goByVestibule(
  subjects: readonly Subject[],
): Promise<{ ways: WayName[]; server: ServerStates }> {
  mkdirSync('/etc/vestibule', { recursive: true });
  configure('session');
  const product = await Product.install();
  const ways: WayName[] = [];
  const server: ServerStates = {};
  for (const scope of ['session', 'user'] as const) {
    if (scope === 'user' && !('auth-pam-sessions-scope' in OPTIONS)) continue;
    configure(scope);
    await product.start();
    const before = describeServer((service) => product.pidOf(service));
    await goBy(vestibuleWay(scope), scope, subjects);
    server[scope] = { before, after: describeServer((service) => product.pidOf(service)) };
    await product.stop();
    ways.push(scope);
  }
  return { ways, server };
}

function configure(scope: 'session' | 'user'): void {
  const lines = [
    'auth-pam-profile=vestibule',
    'auth-pam-sessions-profile=vestibule-session',
    'www-address=127.0.0.1',
    // As su and sshd do.
    'auth-pam-sessions-close=1',
    ...(scope === 'user' ? ['auth-pam-sessions-scope=user'] : []),
  ];
  writeFileSync('/etc/vestibule/vestibule.conf', `${lines.join('\n')}\n`);
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
