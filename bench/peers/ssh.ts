/** OpenSSH: sshd with PAM, and its client with a password. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Shell } from './shell.ts';

const PORT = '2222';
const DIRECTORY = '/run/bench-ssh';
const OPTIONS = ['UsePAM=yes', 'ListenAddress=127.0.0.1', 'MaxStartups=1000', 'PrintMotd=no'];
const CLIENT = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'];
const options = (lines: readonly string[]): string[] => lines.flatMap((line) => ['-o', line]);

export class Sshd {
  readonly name = 'sshd';
  readonly child: ChildProcess;

  constructor() {
    mkdirSync('/run/sshd', { recursive: true });
    mkdirSync(DIRECTORY, { recursive: true });
    // Of an earlier one that was killed.
    rmSync(`${DIRECTORY}/pid`, { force: true });
    const key = `${DIRECTORY}/key`;
    if (!existsSync(key)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    // The client asks this program instead of a person.
    const ask = '#!/bin/sh\necho "$BENCH_PASSWORD"\n';
    writeFileSync(`${DIRECTORY}/ask`, ask, { mode: 0o755 });
    const lines = [...OPTIONS, `HostKey=${key}`, `PidFile=${DIRECTORY}/pid`];
    this.child = spawn('/usr/sbin/sshd', ['-D', '-p', PORT, ...options(lines)], {
      stdio: 'ignore',
    });
  }

  static async start(): Promise<Sshd> {
    const sshd = new Sshd();
    while (!existsSync(`${DIRECTORY}/pid`)) await new Promise((resolve) => setTimeout(resolve, 5));
    return sshd;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  openShell(user: string, password: string): Shell {
    const askpass = { SSH_ASKPASS: `${DIRECTORY}/ask`, SSH_ASKPASS_REQUIRE: 'force' };
    const client = spawn('ssh', ['-tt', '-p', PORT, ...options(CLIENT), `${user}@127.0.0.1`], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, BENCH_PASSWORD: password, ...askpass },
    });
    const shell = new Shell(
      (text) => void client.stdin.write(text),
      async () => {
        const ended = once(client, 'exit');
        client.kill('SIGKILL');
        await ended;
      },
    );
    client.stdin.on('error', () => {});
    client.stdout.setEncoding('utf8').on('data', (text: string) => shell.take(text));
    return shell;
  }
}
