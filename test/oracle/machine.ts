/** What all ways share in the sandbox: the login shell that dumps, sshd, a stranger, and the one stack for all programs. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { listening } from '../lib/directory.ts';
import { unpackPackages } from '../lib/packages.ts';
import { type Items, parseDump } from './items.ts';

export const ORACLE = '/run/oracle';
export const SSH_PORT = 2222;
export const SHELL = '/usr/local/bin/session-dump';
/** Of all callers: nothing of the runner's reaches a session by su. */
export const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TERM: 'xterm-256color' };
/** Nobody's account but one that su asks for the password. */
export const STRANGER = { uid: 60_999, gid: 60_999 };

export const PROGRAMS = {
  su: ['su', 'su-l'],
  ssh: ['sshd'],
  vestibule: ['vestibule-session'],
} as const;

export function prepareMachine(): void {
  unpackPackages();
  mkdirSync(ORACLE, { recursive: true, mode: 0o755 });
  copyFileSync('build/test-c/session-dump', SHELL);
  chmodSync(SHELL, 0o755);
  appendFileSync('/etc/shells', `${SHELL}\n`);
  writeFileSync('/run/utmp', '', { mode: 0o664 });
}

export function makePerson(name: string): Account {
  const account = makeAccount(name);
  execFileSync('usermod', ['-s', SHELL, name]);
  return account;
}

/** Into the service files of all programs: what differs afterwards is no module's doing. */
export function writeStack(services: readonly string[], lines: readonly string[]): void {
  for (const name of services) {
    writeFileSync(`/etc/pam.d/${name}`, `${lines.join('\n')}\n`, { mode: 0o644 });
  }
}

export async function startSshd(): Promise<ChildProcess> {
  execFileSync('useradd', ['--system', '--home-dir', '/run/sshd', '--no-create-home', 'sshd']);
  mkdirSync('/run/sshd', { mode: 0o755 });
  for (const name of ['key', 'host-key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${ORACLE}/${name}`]);
  }
  writeFileSync(`${ORACLE}/sshd_config`, SSHD);
  writeFileSync(`${ORACLE}/askpass`, ASKPASS, { mode: 0o755 });
  const child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', `${ORACLE}/sshd_config`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: ENVIRONMENT,
    cwd: '/',
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    appendFileSync(`${ORACLE}/sshd.log`, text);
  });
  await listening({ port: SSH_PORT, host: '127.0.0.1' });
  return child;
}

/** What a process of the runner is: all servers were started by it. */
export function describeRunner(): Items {
  const output = execFileSync(SHELL, ['once'], { encoding: 'utf8', env: ENVIRONMENT, cwd: '/' });
  return parseDump(output.replace(/@(begin|end)\n/g, ''));
}

const SSHD = `
Port ${SSH_PORT}
ListenAddress 127.0.0.1
HostKey ${ORACLE}/host-key
AuthorizedKeysFile ${ORACLE}/key.pub
UsePAM yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
PrintMotd no
PrintLastLog no
LogLevel VERBOSE
`;

/** Keeps what ssh was asked, gives the next answer. */
const ASKPASS = `#!/bin/sh
printf '%s\\n' "$1" >>"$ORACLE_ANSWERS.prompts"
head -n1 "$ORACLE_ANSWERS"
sed -i 1d "$ORACLE_ANSWERS"
`;
