/**
 * A machine that has booted: this one's files under systemd, with a system bus and logind, in a container of its own whose
 * changes are thrown away. The cases that need one run in there, by this same program.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SYSTEMD_DEBS, unpackPackages } from '../lib/packages.ts';
import { DIRECTORIES } from '../lib/setup.ts';
import type { Report } from './compare-all.ts';

const MACHINE = '/run/oracle-machine';
const ROOT = `${MACHINE}/root`;
const SHARED = `${MACHINE}/shared`;
/** Set in there. */
export const isBooted = process.env.ORACLE_BOOTED !== undefined;
const LONGEST_MS = 240_000;
export function compareBooted(names: readonly string[]): Report {
  for (const name of ['upper', 'work', 'root', 'shared']) {
    mkdirSync(`${MACHINE}/${name}`, { recursive: true });
  }
  const layers = `lowerdir=/,upperdir=${MACHINE}/upper,workdir=${MACHINE}/work`;
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, ROOT]);
  // What a server of this machine has left is not what is tested (tools/sandbox.sh hides it, too).
  for (const path of DIRECTORIES) rmSync(`${ROOT}${path}`, { recursive: true, force: true });
  unpackPackages(SYSTEMD_DEBS);
  unpackPackages(SYSTEMD_DEBS, ROOT);
  writeFileSync(`${ROOT}/etc/systemd/system/oracle.target`, TARGET);
  writeFileSync(`${ROOT}/etc/systemd/system/oracle.service`, serviceOf(names));
  const { stdout } = spawnSync('systemd-nspawn', bootArguments(), {
    encoding: 'utf8',
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
  });
  const report = `${SHARED}/report.json`;
  if (existsSync(report)) {
    const found = JSON.parse(readFileSync(report, 'utf8')) as Report;
    if (found.unexplained > 0) console.error(readFileSync(`${SHARED}/journal`, 'utf8'));
    return found;
  }
  const log = existsSync(`${SHARED}/log`) ? readFileSync(`${SHARED}/log`, 'utf8') : stdout;
  throw new Error(`wanted a report of the booted machine, got:\n${log.slice(-4000)}`);
}

function bootArguments(): string[] {
  return [
    ...['--quiet', '--register=no', '--keep-unit', '--private-network', '--machine=oracle'],
    ...[`--directory=${ROOT}`, `--bind=${resolve('.')}`, `--bind=${SHARED}`],
    ...['--boot', 'systemd.unit=oracle.target'],
  ];
}

const TARGET = `[Unit]
Requires=basic.target
After=basic.target
Wants=oracle.service
`;

function serviceOf(names: readonly string[]): string {
  const program = [
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    'test/oracle/main.ts',
  ];
  const argv = [...program, '--json', ...names].map((word) => JSON.stringify(word)).join(' ');
  return `[Unit]
Wants=dbus.service systemd-logind.service systemd-user-sessions.service
After=dbus.service systemd-logind.service systemd-user-sessions.service
[Service]
Type=oneshot
WorkingDirectory=${resolve('.')}
Environment=VESTIBULE_IN_SANDBOX=1 ORACLE_BOOTED=${SHARED}/report.json
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
ExecStart=${argv}
ExecStopPost=sh -c 'journalctl --no-pager >${SHARED}/journal'
ExecStopPost=systemctl poweroff --force
StandardOutput=append:${SHARED}/log
StandardError=append:${SHARED}/log
`;
}
