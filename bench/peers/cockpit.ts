/** Cockpit: cockpit-ws with TLS, and a shell by its protocol (its doc/protocol.md). */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { copyCertificate } from '../lib/lab.ts';
import { Browser, firstAnswer } from './browser.ts';
import { Shell } from './shell.ts';

const ORIGIN = 'https://127.0.0.1:9090';
const CERTIFICATES = '/etc/cockpit/ws-certs.d';
const TEXT = Buffer.from('\n');

export class Cockpit {
  readonly name = 'Cockpit';
  readonly child: ChildProcess;
  private readonly ready: Promise<number>;

  constructor() {
    mkdirSync(CERTIFICATES, { recursive: true });
    copyCertificate(`${CERTIFICATES}/bench.crt`, `${CERTIFICATES}/bench.key`);
    this.ready = firstAnswer(`${ORIGIN}/`);
    this.child = spawn(
      '/usr/lib/cockpit/cockpit-ws',
      ['--port', '9090', '--address', '127.0.0.1'],
      {
        stdio: 'ignore',
      },
    );
  }

  /** Milliseconds from the start to the first page. */
  static async start(): Promise<[Cockpit, number]> {
    const cockpit = new Cockpit();
    return [cockpit, await cockpit.ready];
  }

  get pids(): readonly number[] {
    return [this.child.pid!];
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** A browser that has the page open. */
  async visit(): Promise<Browser> {
    const browser = new Browser(ORIGIN);
    await browser.ask('/');
    return browser;
  }

  /** The status: 200 or 401. */
  async signIn(browser: Browser, user: string, password: string): Promise<number> {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return (await browser.ask('/cockpit/login', { headers: { authorization } })).status;
  }

  async openShell(browser: Browser): Promise<Shell> {
    const ws = await browser.socket('/cockpit/socket', 'cockpit1');
    const control = (message: object): void => ws.send(`\n${JSON.stringify(message)}`);
    const shell = new Shell(
      (text) => ws.send(`1:1\n${text}`),
      () => {
        control({ command: 'logout', disconnect: true });
        ws.terminate();
        browser.close();
      },
    );
    ws.on('error', () => {});
    ws.on('message', (data: Buffer) => {
      const end = data.indexOf(TEXT);
      if (data.toString('latin1', 0, end) === '1:1') shell.take(data.toString('utf8', end + 1));
    });
    control({ command: 'init', version: 1, host: 'localhost' });
    const program = { payload: 'stream', spawn: ['/bin/bash', '-i'], pty: true };
    control({ command: 'open', channel: '1:1', ...program });
    return shell;
  }
}
