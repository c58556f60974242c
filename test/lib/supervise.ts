/** supervise and rootd as they are, with stand-ins for the Node services and the leaders, in a place of their own. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { PATHS } from '../../src/protocol/broker-leader.ts';

const PREFIX = '/usr/local/lib/vestibule-stand-in';
const MODES = '/tmp/vestibule-stand-in';
const ASIDE = ['/etc/vestibule', PATHS.state];
export const SUPERVISE = `${PREFIX}/bin/vestibule-supervise`;
export const HOME_PORT = 18_787;
export const SESSION_PORT = 18_788;

/** What a stand-in service says about itself when it starts. */
export interface ServiceReport {
  readonly service: 'broker' | 'gateway';
  readonly at: number;
  readonly pid: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly cwd: string;
  readonly umask: number;
  /** /proc/self/status, by field */
  readonly status: Readonly<Record<string, string>>;
  /** /proc/self/limits, the line of core files */
  readonly core: string;
  /** What descriptors 0 to 12 are. */
  readonly open: readonly string[];
  readonly certificate: string;
  /** Field 6 of /proc/self/stat: the session it belongs to. */
  readonly sid: number;
}

/** A service's way to be: ready, exit (at once, status 3), explain (exit, with a reason), stubborn (ready, ignores SIGTERM). */
const SERVICE = `
const fs = require('node:fs'), net = require('node:net');
const service = require('node:path').basename(__filename, '.js');
const fds = Object.fromEntries(process.env.LISTEN_FDNAMES.split(':').map((name, i) => [name, 3 + i]));
const mode = fs.existsSync('${MODES}/' + service) ? fs.readFileSync('${MODES}/' + service, 'utf8') : 'ready';
const read = (file) => fs.readFileSync('/proc/self/' + file, 'utf8');
const link = (fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } };
const status = Object.fromEntries(read('status').split('\\n').map((line) => line.split(/:\\s*/)));
console.error(JSON.stringify({
  service, at: performance.timeOrigin + performance.now(), pid: process.pid, environment: process.env,
  gid: process.getgid(), groups: process.getgroups(), cwd: process.cwd(), umask: process.umask(), status,
  core: read('limits').split('\\n').find((line) => line.startsWith('Max core')),
  sid: Number(read('stat').split(' ')[5]),
  open: Array.from({ length: 13 }, (_, fd) => link(fd)),
  certificate: fds.certificate === undefined ? '' : fs.readFileSync(fds.certificate, 'utf8'),
}));
if (mode === 'exit') process.exit(3);
if (mode === 'explain') { fs.writeSync(fds.ready, 'STATUS=no \\x1b room\\n'); process.exit(4); }
process.on('SIGTERM', () => { if (mode !== 'stubborn') process.exit(0); });
const server = net.createServer((socket) => { socket.on('error', () => {}).write(service + '\\n'); });
server.listen({ fd: fds.home ?? fds.gateway }, () => fs.writeSync(fds.ready, 'READY=1\\n'));
`;

/** Greets, then does as it is told, a word a line. */
const LEADER = `#!/bin/sh
echo "\${0##*vestibule-} $$" >&3
while read -r word <&3; do
  case $word in
    byte) (trap '' PIPE; printf x >&4) 2>/dev/null; exec 4>&-; echo written >&3 ;;
    crash) kill -SEGV $$ ;;
    report)
      read -r sid </proc/$$/stat; set -- $sid; echo "sid $6" >&3
      grep -E '^(Uid|PPid):' /proc/$$/status >&3
      # Of grep: the shell blocks signals while it waits for it.
      grep -E '^Sig(Blk|Ign):' /proc/self/status >&3
      env | sed 's/^/env /' >&3
      exec ls -l /proc/self/fd >&3 ;;
  esac
done
`;

/** Takes back what was made here, and what a failed test left. */
const opened: (() => void)[] = [];

export function installStandIns(): void {
  if (process.env.VESTIBULE_IN_SANDBOX === undefined) {
    throw new Error('wanted the sandbox, got this machine: run it with tools/sandbox.sh');
  }
  unmountRun();
  for (const path of ASIDE) if (existsSync(path)) renameSync(path, `${path}.aside`);
  for (const path of ['bin', 'dist']) mkdirSync(`${PREFIX}/${path}`, { recursive: true });
  for (const name of ['vestibule-supervise', 'vestibule-rootd']) {
    const directory = process.env.VESTIBULE_BIN ?? 'build/bin';
    copyFileSync(`${directory}/${name}`, `${PREFIX}/bin/${name}`);
  }
  copyFileSync(process.execPath, `${PREFIX}/bin/node`);
  for (const name of ['leader', 'pam-test'])
    writeFileSync(`${PREFIX}/bin/vestibule-${name}`, LEADER, { mode: 0o755 });
  for (const name of ['broker', 'gateway']) writeFileSync(`${PREFIX}/dist/${name}.js`, SERVICE);
  for (const user of ['vestibule', 'vestibule-web']) {
    if (spawnSync('useradd', ['--system', '-U', user]).status !== 0) continue;
    opened.push(() => execFileSync('userdel', ['--force', user], { stdio: 'ignore' }));
  }
  mkdirSync(MODES, { recursive: true });
  mkdirSync('/etc/vestibule', { recursive: true });
  configure(HOME_PORT, SESSION_PORT);
  mkdirSync(`${PATHS.state}/root`, { recursive: true });
  writeFileSync(PATHS.certificate, 'certificate 1', { mode: 0o600 });
}

export function removeStandIns(): void {
  if (process.env.VESTIBULE_IN_SANDBOX === undefined) return;
  for (const close of opened.splice(0)) close();
  unmountRun();
  for (const path of [...ASIDE, PREFIX, MODES]) rmSync(path, { recursive: true, force: true });
  for (const path of ASIDE) if (existsSync(`${path}.aside`)) renameSync(`${path}.aside`, path);
}

/** Lazily: a service that was killed a moment ago may hold it. */
function unmountRun(): void {
  spawnSync('umount', ['--lazy', PATHS.run]);
  rmSync(PATHS.run, { recursive: true, force: true });
}

export function configure(port: number, sessionPort: number): void {
  const lines = ['www-address=127.0.0.1', `www-port=${port}`, `www-session-port=${sessionPort}`];
  writeFileSync('/etc/vestibule/vestibule.conf', `${lines.join('\n')}\n`);
}

export function setMode(service: string, mode: 'ready' | 'exit' | 'explain' | 'stubborn'): void {
  writeFileSync(`${MODES}/${service}`, mode);
}

export function idOf(user: string): { uid: number; gid: number } {
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export class Supervise {
  readonly child: ChildProcess;
  /** Exit status, or the signal's name. */
  readonly end: Promise<number | string>;
  /** All that held its stderr, services included, are gone. */
  readonly allEnd: Promise<unknown>;
  log = '';
  output = '';

  constructor(...args: string[]) {
    this.child = spawn(SUPERVISE, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
    this.end = once(this.child, 'exit').then(([status, signal]) => status ?? signal);
    this.allEnd = once(this.child, 'close');
    opened.push(() => this.child.kill('SIGKILL'));
  }

  /** Resolves when the log, from `after` on, has the pattern, with the match; fails when supervise ends before. */
  async logged(pattern: RegExp, after = 0): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.log.slice(after));
      if (match !== null) return match;
      const more = once(this.child.stderr!, 'data').then(() => true);
      const open = await Promise.race([more, this.allEnd.then(() => false)]);
      assert.ok(open, `wanted ${pattern} in the log, it ended with:\n${this.log.slice(after)}`);
    }
  }

  async ready(): Promise<void> {
    await this.logged(/broker is ready/);
    await this.logged(/gateway is ready/);
  }

  reports(service: 'broker' | 'gateway'): ServiceReport[] {
    const lines = this.log.split('\n').filter((line) => line.startsWith('{'));
    const reports = lines.map((line) => JSON.parse(line) as ServiceReport);
    return reports.filter((report) => report.service === service);
  }

  pidOf(service: string): number {
    const starts = [...this.log.matchAll(new RegExp(`${service} started as process (\\d+)`, 'g'))];
    return Number(starts.at(-1)![1]);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    assert.equal(await this.end, 0);
  }
}

/** A client that reads line by line; null when the other end has closed. */
export class LineClient {
  readonly socket: Socket;
  private readonly waiting: (() => void)[] = [];
  private text = '';
  private closed = false;

  constructor(to: string | number) {
    this.socket = typeof to === 'string' ? connect(to) : connect(to, '127.0.0.1');
    opened.push(() => this.socket.destroy());
    const wake = (): void => {
      for (const resume of this.waiting.splice(0)) resume();
    };
    this.socket.setEncoding('utf8').on('error', () => {});
    this.socket.on('data', (data: string) => {
      this.text += data;
      wake();
    });
    this.socket.on('close', () => {
      this.closed = true;
      wake();
    });
  }

  async line(): Promise<string | null> {
    for (;;) {
      const end = this.text.indexOf('\n');
      if (end >= 0) {
        const line = this.text.slice(0, end);
        this.text = this.text.slice(end + 1);
        return line;
      }
      if (this.closed) return null;
      await new Promise<void>((resume) => this.waiting.push(resume));
    }
  }

  async ask(word: string): Promise<string | null> {
    this.socket.write(`${word}\n`);
    return this.line();
  }
}
