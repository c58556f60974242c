/**
 * npm run oracle [-- --json | --all] [NAME…]: the same user's session by su, by ssh and by Vestibule, item by item, in one
 * stack for all, module after module. Exits with 1 when there is a difference that explained.ts does not explain.
 */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { OPTIONS } from '../../src/config/options.ts';
import { Product } from '../lib/product.ts';
import { accessCases } from './cases/access.ts';
import { credentialCases } from './cases/credentials.ts';
import { directoryCases, stopServices } from './cases/directory.ts';
import { environmentCases } from './cases/environment.ts';
import { homeCases } from './cases/homes.ts';
import { programCases } from './cases/programs.ts';
import { secondFactorCases } from './cases/second-factor.ts';
import { compareColumns } from './compare.ts';
import { prepareMachine, startSshd } from './machine.ts';
import { printCase, printExplanations } from './print-table.ts';
import { goBy, makeSubject, type Subject } from './run-cases.ts';
import type { WayName } from './way.ts';
import { enterBySsh } from './ways/ssh.ts';
import { enterBySu } from './ways/su.ts';
import { vestibuleWay } from './ways/vestibule.ts';

const CASES = [
  ...environmentCases,
  ...credentialCases,
  ...homeCases,
  ...programCases,
  ...accessCases,
  ...secondFactorCases,
  ...directoryCases,
];

const { values: flags, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, all: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (process.env.VESTIBULE_IN_SANDBOX === undefined) process.exit(enterSandbox());
process.exitCode = await run();

/** Descriptors of the caller's must not reach a session by su. */
function enterSandbox(): number {
  const close =
    'for fd in /proc/$$/fd/*; do fd=$(basename $fd); ((fd > 2)) && eval "exec $fd>&-"; done; exec "$@"';
  const again = ['bash', '-c', close, 'bash', process.execPath, ...process.argv.slice(1)];
  return spawnSync('tools/sandbox.sh', again, { stdio: 'inherit' }).status ?? 1;
}

async function run(): Promise<number> {
  prepareMachine();
  mkdirSync('/etc/vestibule', { recursive: true });
  const wanted = CASES.filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  );
  const subjects: Subject[] = [];
  for (const one of wanted) subjects.push(await makeSubject(one));
  const sshd = await startSshd();
  await goBy(enterBySu, 'su', subjects);
  await goBy(enterBySsh, 'ssh', subjects);
  await stop(sshd);
  const ways: WayName[] = ['su', 'ssh'];
  const product = await Product.install();
  for (const scope of ['session', 'user'] as const) {
    if (scope === 'user' && !('auth-pam-sessions-scope' in OPTIONS)) continue;
    configure(scope);
    await product.start();
    await goBy(vestibuleWay(scope), scope, subjects);
    await product.stop();
    ways.push(scope);
  }
  await stopServices();
  return report(subjects, ways);
}

function configure(scope: 'session' | 'user'): void {
  const lines = [
    'auth-pam-profile=vestibule',
    'auth-pam-sessions-profile=vestibule-session',
    'www-address=127.0.0.1',
  ];
  if (scope === 'user') lines.push('auth-pam-sessions-scope=user');
  writeFileSync('/etc/vestibule/vestibule.conf', `${lines.join('\n')}\n`);
}

function report(subjects: readonly Subject[], ways: readonly WayName[]): number {
  const rows = subjects.map((subject) => compareColumns(subject.case, subject.columns));
  const flat = rows.flat();
  const count = (verdict: string): number => flat.filter((row) => row.verdict === verdict).length;
  const unexplained = count('unexplained');
  if (flags.json) console.log(JSON.stringify({ rows: flat, unexplained }));
  else {
    for (const [at, { case: one }] of subjects.entries())
      printCase(one, rows[at]!, ways, flags.all);
    printExplanations();
    console.log(
      `\n${subjects.length} cases, ${flat.length} rows: ${count('same')} the same, ${count('explained')} explained, ${unexplained} unexplained`,
    );
  }
  return unexplained > 0 ? 1 : 0;
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
