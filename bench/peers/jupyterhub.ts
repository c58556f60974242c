/** JupyterHub with its proxy, TLS on, single-user servers as Debian's packages start them, and a terminal in one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { copyCertificate, PROFILE } from '../lib/lab.ts';
import { findFamily } from '../lib/memory.ts';
import { Browser, firstAnswer } from './browser.ts';
import { Shell } from './shell.ts';

const ORIGIN = 'https://127.0.0.1:8000';
const DIRECTORY = '/run/jupyterhub';
const CONFIGURATION = `
c.JupyterHub.bind_url = '${ORIGIN}'
c.JupyterHub.ssl_cert = '${DIRECTORY}/certificate.pem'
c.JupyterHub.ssl_key = '${DIRECTORY}/key.pem'
c.JupyterHub.log_level = 'ERROR'
c.PAMAuthenticator.service = '${PROFILE}'
c.PAMAuthenticator.open_sessions = False
`;

export class JupyterHub {
  readonly name = 'JupyterHub';
  readonly child: ChildProcess;
  /** When the last single-user server said that it listens; by performance.now(). */
  listening = 0;
  private readonly ready: Promise<number>;

  constructor() {
    rmSync(DIRECTORY, { recursive: true, force: true });
    mkdirSync(DIRECTORY);
    copyCertificate(`${DIRECTORY}/certificate.pem`, `${DIRECTORY}/key.pem`);
    writeFileSync(`${DIRECTORY}/jupyterhub_config.py`, CONFIGURATION);
    this.ready = firstAnswer(`${ORIGIN}/hub/login`);
    this.child = spawn('/usr/bin/python3', ['-m', 'jupyterhub.app', '-f', 'jupyterhub_config.py'], {
      cwd: DIRECTORY,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
        NODE_PATH: '/usr/share/nodejs:/usr/lib/nodejs',
        LANG: 'C.UTF-8',
      },
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      if (/Jupyter Notebook \S+ is running at/.test(text)) this.listening = performance.now();
    });
  }

  static async start(): Promise<[JupyterHub, number]> {
    const hub = new JupyterHub();
    return [hub, await hub.ready];
  }

  /** Hub and proxy. */
  get pids(): readonly number[] {
    return findFamily([this.child.pid!])
      .filter(({ argv }) => !argv.some((arg) => arg.includes('singleuser')))
      .map(({ pid }) => pid);
  }

  async stop(): Promise<void> {
    const family = findFamily([this.child.pid!]);
    const ended = once(this.child, 'exit');
    for (const { pid } of family) process.kill(pid, 'SIGKILL');
    await ended;
  }

  async visit(): Promise<Browser> {
    const browser = new Browser(ORIGIN);
    await browser.ask('/hub/login');
    return browser;
  }

  /** 200 either way; who is in has the hub's cookie. Redirects lead to the spawn page, which starts the server. */
  async signIn(browser: Browser, user: string, password: string): Promise<number> {
    const form = { username: user, password };
    // /hub/home does not start a server.
    await browser.ask('/hub/login?next=%2Fhub%2Fhome', { method: 'POST', form });
    return browser.cookies.has('jupyterhub-hub-login') ? 200 : 401;
  }

  /** Starts the person's server and waits for the hub to say that it is ready. */
  async spawn(browser: Browser, user: string): Promise<void> {
    await browser.ask(`/hub/spawn/${user}`);
    const referer = `${ORIGIN}/hub/spawn-pending/${user}`;
    for await (const line of browser.lines(`/hub/api/users/${user}/server/progress`, { referer })) {
      if (line.includes('"failed": true')) throw new Error(line);
      if (line.includes('"ready": true')) return;
    }
  }

  async openShell(browser: Browser, user: string): Promise<Shell> {
    await browser.ask(`/user/${user}/tree`);
    const xsrf = browser.cookies.get('_xsrf') ?? '';
    const headers = { 'x-xsrftoken': xsrf, referer: `${ORIGIN}/user/${user}/tree` };
    const { text } = await browser.ask(`/user/${user}/api/terminals`, { method: 'POST', headers });
    const { name } = JSON.parse(text) as { name: string };
    const ws = await browser.socket(`/user/${user}/terminals/websocket/${name}`);
    const shell = new Shell(
      (keys) => ws.send(JSON.stringify(['stdin', keys])),
      async () => {
        ws.terminate();
        const referer = { referer: `${ORIGIN}/hub/home` };
        await browser.ask(`/hub/api/users/${user}/server`, { method: 'DELETE', headers: referer });
        browser.close();
      },
    );
    ws.on('error', () => {});
    ws.on('message', (data: Buffer) => {
      const [kind, words] = JSON.parse(data.toString('utf8')) as [string, string];
      if (kind === 'stdout') shell.take(words);
    });
    return shell;
  }
}
