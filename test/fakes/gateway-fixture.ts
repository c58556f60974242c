/** A whole gateway on ephemeral ports with a fake broker, a fake session-host and a browser's way of asking. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ClientRequest, IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { type ClientOptions, WebSocket } from 'ws';
import type { PublicAddress } from '../../src/config/public-address.ts';
import type { Limits, Side } from '../../src/gateway/gateway.ts';
import { listProxies } from '../../src/gateway/http/client-origin.ts';
import { loadPages } from '../../src/gateway/pages/load-pages.ts';
import { type RunningGateway, startGateway } from '../../src/gateway/start-gateway.ts';
import type { LogFields, LogLevel } from '../../src/lib/log.ts';
import {
  HOME,
  HOME_ORIGIN,
  type Home,
  type HomeSessionView,
  TERMINAL_SCRIPT,
} from '../../src/protocol/page-gateway.ts';
import type { Problem } from '../../src/protocol/problems.ts';
import { importHostKey } from '../../src/protocol/verify-key.ts';
import { FAKE_SESSION, type Order, SESSION_KEY } from './fake-broker.ts';
import { FakeSessionHost } from './fake-session-host.ts';
import { Mailbox } from './mailbox.ts';

/** The gateway's monotonic clock moves by advance() alone. */
const START = 1_000_000;
const brokerProgram = join(import.meta.dirname, 'fake-broker.ts');

export interface BrokerLine {
  readonly ready?: true;
  readonly request?: { readonly type: string; readonly [field: string]: unknown };
  readonly obeyed?: Order;
}
export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** Name=value of every cookie that was set. */
  readonly cookies: readonly string[];
}
export interface Ask {
  readonly side?: Side;
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly cookie?: string;
  /** Instead of what a browser sends; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export class Fixture {
  readonly directory = mkdtempSync(join(tmpdir(), 'vestibule-gateway-'));
  readonly lines = new Mailbox<BrokerLine>();
  readonly logged = new Mailbox<LogLine>();
  readonly host = new FakeSessionHost(SESSION_KEY);
  readonly certificate: Buffer;
  readonly key: Buffer;
  running!: RunningGateway;
  private broker: ChildProcess | null = null;
  private ahead = 0;

  constructor() {
    const paths = {
      key: join(this.directory, 'key.pem'),
      certificate: join(this.directory, 'c.pem'),
    };
    makeCertificate(paths.key, paths.certificate);
    this.certificate = readFileSync(paths.certificate);
    this.key = readFileSync(paths.key);
  }

  async start(
    limits: Partial<Limits>,
    proxies: readonly string[],
    address: PublicAddress,
  ): Promise<void> {
    await this.startBroker();
    await this.host.listen(this.sessionSocket());
    const listen = { host: '127.0.0.1', port: 0 };
    const logAs =
      (level: LogLevel) =>
      (event: string, fields: LogFields = {}) =>
        this.logged.put({ level, event, fields });
    this.running = await startGateway({
      listen: { home: listen, session: listen },
      credentials: { certificate: this.certificate, key: this.key },
      brokerPath: join(this.directory, 'broker'),
      sessions: join(this.directory, 'sessions'),
      hostKey: importHostKey(readFileSync(join(this.directory, 'host.pub'))),
      pages: loadPages(makePages(join(this.directory, 'page')), address.root),
      address,
      welcome: { title: '', banner: '' },
      proxies: listProxies(proxies),
      hostName: 'testhost',
      clock: {
        monotonic: () => START + this.ahead,
      },
      log: { info: logAs('info'), warning: logAs('warning'), error: logAs('error') },
      limits,
    });
    if (!this.running.gateway.broker.connected) await once(this.running.gateway.broker, 'up');
  }

  /** Where a session's program listens. */
  sessionSocket(session: string = FAKE_SESSION): string {
    const directory = join(this.directory, 'sessions', session);
    mkdirSync(directory, { recursive: true });
    return join(directory, 's');
  }

  async startBroker(): Promise<void> {
    const args = ['--disable-warning=ExperimentalWarning', brokerProgram, this.directory];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.broker = child;
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.put(JSON.parse(line) as BrokerLine);
    });
    await this.lines.take((line) => line.ready === true);
  }

  /** kill -9; resolves when the gateway knows. */
  async killBroker(): Promise<void> {
    const down = once(this.running.gateway.broker, 'down');
    this.broker!.kill('SIGKILL');
    await down;
  }

  /** As supervise does; resolves when the gateway is connected again. */
  async restartBroker(): Promise<void> {
    const up = once(this.running.gateway.broker, 'up');
    await this.startBroker();
    await up;
  }

  async order(order: Order): Promise<void> {
    this.broker!.stdin!.write(`${JSON.stringify(order)}\n`);
    await this.lines.take((line) => line.obeyed?.order === order.order);
  }

  /** The next request of this type that came to the broker. */
  async asked(type: string): Promise<NonNullable<BrokerLine['request']>> {
    return (await this.lines.take((line) => line.request?.type === type)).request!;
  }

  /** How many requests of this type came and were not looked at. */
  countAsked(type: string): number {
    return this.lines.all.filter((line) => line.request?.type === type).length;
  }

  /** Puts the gateway's clock forward. */
  advance(ms: number): void {
    this.ahead += ms;
  }

  origin(side: Side = 'home'): string {
    return `https://localhost:${this.running.ports[side]}`;
  }

  /** As a browser's page of the same origin asks. */
  async ask(path: string, ask: Ask = {}): Promise<Answer> {
    return readAnswer(this.send(path, ask));
  }

  /** The same without waiting for the answer. */
  send(path: string, { side = 'home', method = 'GET', body, cookie, headers = {} }: Ask = {}) {
    const sent: Record<string, string | undefined> = {
      ...(method === 'GET'
        ? {}
        : { origin: this.origin(side), 'content-type': 'application/json' }),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    };
    const present = Object.entries(sent).filter(([, value]) => value !== undefined);
    const request = httpsRequest({
      ...{ method, path, ca: this.certificate, host: 'localhost', port: this.running.ports[side] },
      ...{ headers: Object.fromEntries(present) as Record<string, string>, agent: false },
    });
    request.end(body);
    return request;
  }

  post(path: string, value: unknown, options: Ask = {}): Promise<Answer> {
    return this.ask(path, { method: 'POST', body: JSON.stringify(value), ...options });
  }

  /** Signs a user in with one password and gives the ticket cookie. */
  async signIn(user: string): Promise<string> {
    const first = await this.post('/api/sign-in', { user });
    const { conversation } = JSON.parse(first.text) as { conversation: string };
    const body = { answers: [sealedAnswer()] };
    const last = await this.post(`/api/sign-in/${conversation}`, body, {
      cookie: first.cookies.join('; '),
    });
    return last.cookies.find((cookie) => cookie.startsWith('__Host-Http-vestibule-ticket='))!;
  }

  /** The pass cookie for a session, by the browser's way: home origin, code, session origin. */
  async enter(ticket: string, session: string = FAKE_SESSION): Promise<string> {
    const first = await this.ask(`/s/${session}/`, { cookie: ticket });
    const { pathname, search } = new URL(first.headers.location!);
    const cookie = first.cookies.join('; ');
    const second = await this.ask(pathname + search, { side: 'session', cookie });
    return second.cookies[0]!;
  }

  socket(path: string, { side = 'home', cookie, headers = {} }: Ask = {}): TestSocket {
    const sent = {
      origin: this.origin(side),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    };
    const present = Object.entries(sent).filter(([, value]) => value !== undefined);
    const address = `wss://localhost:${this.running.ports[side]}${path}`;
    const options = { ca: this.certificate, headers: Object.fromEntries(present) };
    return new TestSocket(address, options as ClientOptions);
  }

  /** A program of the session's own instead of its session-host. */
  async replaceHost(t: TestContext, serve: (socket: Socket) => void): Promise<void> {
    this.host.close();
    const server = createServer(serve);
    t.after(() => server.close());
    await once(server.listen(this.sessionSocket()), 'listening');
  }

  async close(): Promise<void> {
    try {
      await this.running?.close();
    } finally {
      this.host.close();
      const { broker } = this;
      if (broker?.exitCode === null && broker.signalCode === null) {
        broker.kill('SIGKILL');
        await once(broker, 'close');
      }
      rmSync(this.directory, { recursive: true });
    }
  }
}

/** A WebSocket whose messages and end a test can wait for. */
function isOf(data: Buffer, kinds: readonly string[]): boolean {
  return kinds.some((kind) => data.includes(`"kind":"${kind}"`));
}

export class TestSocket {
  readonly ws: WebSocket;
  readonly messages = new Mailbox<Buffer>();
  readonly closed: Promise<number>;
  /** The status when the server refused the upgrade. */
  readonly refused: Promise<number>;

  constructor(address: string, options: ClientOptions) {
    this.ws = new WebSocket(address, options);
    this.ws.on('message', (data: Buffer) => this.messages.put(data));
    this.ws.on('error', () => {});
    this.closed = new Promise((resolve) => this.ws.on('close', (code) => resolve(code)));
    this.refused = new Promise((resolve) =>
      this.ws.on('unexpected-response', (request, response) => {
        resolve(response.statusCode!);
        request.destroy();
      }),
    );
  }

  /** The next message of sessions, or the last. */
  async json(): Promise<{ kind: string; sessions?: { id: string }[] }> {
    return JSON.parse(
      (
        await this.messages.take(
          (data) => !isOf(data, ['pam-sessions', 'home-session', 'troubles']),
        )
      ).toString(),
    );
  }

  async homeSession(): Promise<{ homeSession: HomeSessionView }> {
    return JSON.parse(
      (await this.messages.take((data) => isOf(data, ['home-session']))).toString(),
    );
  }

  async pamSessions(): Promise<Home['pamSessions']> {
    const message = await this.messages.take((data) => isOf(data, ['pam-sessions']));
    return JSON.parse(message.toString()).pamSessions;
  }

  async troubles(): Promise<Home['troubles']> {
    const message = await this.messages.take((data) => isOf(data, ['troubles']));
    return JSON.parse(message.toString()).troubles;
  }
}

/** Starts one for a test and closes it after. */
export async function startFixture(
  t: TestContext,
  limits: Partial<Limits> = {},
  proxies: readonly string[] = [],
  address: PublicAddress = { root: '', origins: null },
): Promise<Fixture> {
  const fixture = new Fixture();
  t.after(() => fixture.close());
  await fixture.start(limits, proxies, address);
  return fixture;
}

/** What the page sends; nothing here opens it. */
export function sealedAnswer(): string {
  return Buffer.alloc(624, 1).toString('base64');
}

export function problemOf(answer: Answer): Problem {
  return (JSON.parse(answer.text) as { problem: Problem }).problem;
}

export function readAnswer(request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const cookies = (response.headers['set-cookie'] ?? []).map((one) => one.split(';', 1)[0]!);
        const { statusCode: status, headers } = response;
        resolve({ status: status!, headers, text: bytes.toString(), bytes, cookies });
      });
    });
  });
}

function makeCertificate(key: string, certificate: string): void {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...curve, ...names, ...files], {
    stdio: 'ignore',
  });
}

function makePages(directory: string): string {
  mkdirSync(join(directory, 'assets'), { recursive: true });
  const page = (title: string) =>
    `<!doctype html><title>${title}</title><meta content="${HOME_ORIGIN}">`;
  const metas = `<meta name="vestibule-home" content='${HOME}'><meta name="terminal-script" content='${TERMINAL_SCRIPT}'>`;
  writeFileSync(join(directory, 'index.html'), page('home') + metas);
  const script = '<script type="module" crossorigin src="/assets/terminal-3c4d.js"></script>';
  writeFileSync(join(directory, 'terminal.html'), page('terminal') + script);
  writeFileSync(join(directory, 'favicon.svg'), '<svg/>');
  writeFileSync(join(directory, 'assets/home-1a2b.js'), 'plain');
  writeFileSync(join(directory, 'assets/home-1a2b.js.br'), 'brotli');
  writeFileSync(join(directory, 'assets/home-1a2b.js.gz'), 'gzip');
  return directory;
}
