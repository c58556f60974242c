/** A client of the real HTTPS API, as a program and not as a page: cookies are kept, certificates are not checked. */
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { WebSocket } from 'ws';
import { decode, encode, type MessageOf } from '../../src/protocol/codec.ts';
import { FROM_START, fromSession, toSession } from '../../src/protocol/gateway-session.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import type {
  Home,
  LiveMessage,
  SessionView,
  SignInStep,
} from '../../src/protocol/page-gateway.ts';
import type { Problem } from '../../src/protocol/problems.ts';
import { sealAnswer } from '../../src/protocol/seal-answer.ts';
import { writeHello } from '../../src/protocol/socket-hello.ts';

export type Prompts = Extract<SignInStep, { kind: 'prompts' }>;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}
export interface Ask {
  readonly body?: unknown;
  /** Over those of a well-behaved page; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** The server answered with a problem. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly problem: Problem;

  constructor(answer: Answer) {
    super(`${answer.status} ${answer.text}`);
    this.status = answer.status;
    this.headers = answer.headers;
    this.problem = (JSON.parse(answer.text) as { problem: Problem }).problem;
  }
}

/** PAM asks, or has decided. */
export type DecidedStep = Exclude<SignInStep, { kind: 'waiting' }>;

export class WebClient {
  readonly url: URL;
  /** By name; of a pass, by name and path. */
  readonly cookies = new Map<string, string>();
  private readonly agent: Agent;

  /** from: the address that it comes from, any of 127.0.0.0/8. */
  constructor(url: string, from?: string) {
    this.url = new URL(url);
    // A name could lead to ::1, where nobody comes from 127.
    if (from !== undefined && this.url.hostname === 'localhost') this.url.hostname = '127.0.0.1';
    this.agent = new Agent({ keepAlive: true, rejectUnauthorized: false, localAddress: from });
  }

  /** To a path of the home origin, or a whole URL. Redirects are not followed. */
  async ask(method: string, target: string, { body, headers = {} }: Ask = {}): Promise<Answer> {
    const url = this.at(target);
    const sent: Record<string, string | undefined> = {
      ...(method === 'GET' ? {} : { origin: url.origin, 'content-type': 'application/json' }),
      cookie: this.cookieHeader(url.pathname),
      ...headers,
    };
    for (const name of Object.keys(sent)) if (!sent[name]) delete sent[name];
    const outgoing = request(url, { method, agent: this.agent, headers: sent });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    const [incoming] = await once(outgoing, 'response');
    let text = '';
    for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
    this.keepCookies(incoming.headers['set-cookie'] ?? []);
    return { status: incoming.statusCode, headers: incoming.headers, text };
  }

  /** Rejects with Refused unless it went well. */
  async askJson<T>(method: string, target: string, ask: Ask = {}): Promise<T> {
    const answer = await this.ask(method, target, ask);
    if (answer.status >= 400) throw new Refused(answer);
    return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T;
  }

  async beginSignIn(user: string): Promise<DecidedStep> {
    return this.askOn(await this.askJson('POST', '/api/sign-in', { body: { user } }));
  }

  /** While PAM works: what it says meanwhile comes with the next step. */
  private async askOn(step: SignInStep): Promise<DecidedStep> {
    if (step.kind !== 'waiting') return step;
    const next = await this.answerSealed(step.conversation, []);
    return { ...next, items: [...step.items, ...next.items] };
  }

  /** Gives answers as they are, in base64. */
  async answerSealed(conversation: string, answers: readonly string[]): Promise<DecidedStep> {
    const path = `/api/sign-in/${conversation}`;
    return this.askOn(await this.askJson('POST', path, { body: { answers } }));
  }

  /** secrets: for each item that asks, in order. */
  answer(user: string, step: Prompts, secrets: readonly Uint8Array[]): Promise<DecidedStep> {
    return this.answerSealed(step.conversation, sealAll(user, step, secrets));
  }

  async signIn(user: string, password: Uint8Array): Promise<void> {
    const step = await this.beginSignIn(user);
    if (step.kind !== 'prompts') throw new Error(`wanted prompts, got ${step.kind}`);
    const last = await this.answer(user, step, [password]);
    if (last.kind !== 'signed-in') throw new Error(`wanted signed-in, got ${JSON.stringify(last)}`);
  }

  home(): Promise<Home> {
    return this.askJson('GET', '/api/home');
  }

  async retryHomeSession(): Promise<void> {
    await this.askJson('POST', '/api/home-session', { body: {} });
  }

  /** As the home page does it: from then on the broker knows that a page is there. To be terminated. */
  async openHomePage(): Promise<WebSocket> {
    const ws = this.socket(this.at('/api/live'));
    await once(ws, 'message');
    return ws;
  }

  startTerminal(): Promise<SessionView> {
    return this.startSession('terminal');
  }

  /** kind: its name. */
  startSession(kind: string): Promise<SessionView> {
    return this.askJson('POST', '/api/sessions', { body: { kind } });
  }

  async endSession(session: SessionId): Promise<void> {
    await this.askJson('DELETE', `/api/sessions/${session}`);
  }

  async signOut(): Promise<void> {
    await this.askJson('POST', '/api/sign-out');
  }

  async signOutEverywhere(): Promise<void> {
    await this.askJson('DELETE', '/api/sign-ins');
  }

  /** The address on the session origin that carries the one-time code. */
  async enterCode(session: SessionId): Promise<URL> {
    await this.untilStarted(session);
    let address = this.at(`/s/${session}/`);
    while (!address.searchParams.has('code')) {
      const { status, headers, text } = await this.ask('GET', address.href);
      const isWay = status === 303 && headers.location?.includes(`/s/${session}/`);
      if (!isWay) throw new Error(`no code: ${status} ${headers.location} ${text}`);
      address = new URL(headers.location!, address);
    }
    return address;
  }

  /** Takes the pass for a session; the address that it lies below on the session origin. */
  async enter(session: SessionId): Promise<URL> {
    const address = await this.enterCode(session);
    const { status, text } = await this.ask('GET', address.href);
    if (status !== 200) throw new Error(`no pass: ${status} ${text}`);
    return new URL(address.href.split(/(?<=\/)s\//)[0]!);
  }

  /** As the home page does: until then the session's link leads to it. */
  private async untilStarted(session: SessionId): Promise<void> {
    const ws = this.socket(this.at('/api/live'));
    ws.on('error', () => {});
    await new Promise<void>((resolve) => {
      ws.once('close', () => resolve());
      ws.on('message', (data) => {
        const message = JSON.parse(String(data)) as LiveMessage;
        if (!('sessions' in message)) return;
        const view = message.sessions.find(({ id }) => id === session);
        const elsewhere = view === undefined && message.kind === 'changed';
        const starting = view?.state === 'pending' || view?.state === 'starting';
        if (!elsewhere && !starting) resolve();
      });
    });
    ws.terminate();
  }

  /** After enter(). */
  openTerminal(session: SessionId, origin: URL): Promise<Terminal> {
    return Terminal.open(this.terminalSocket(session, origin));
  }

  /** That of a terminal page which has nothing yet. */
  terminalSocket(session: SessionId, origin: URL): WebSocket {
    const hello = writeHello({ viewer: 0n, from: FROM_START, rows: 24, columns: 80 });
    return this.socket(new URL(`s/${session}/socket${hello}`, origin));
  }

  /** A new terminal whose shell answers. */
  async startShell(): Promise<{ readonly session: SessionId; readonly terminal: Terminal }> {
    const { id } = await this.startTerminal();
    const terminal = await this.openTerminal(id, await this.enter(id));
    await terminal.run('true');
    return { session: id, terminal };
  }

  /** A WebSocket with our cookies and the Origin of a page of that address. */
  socket(address: URL, headers: Readonly<Record<string, string>> = {}): WebSocket {
    const cookie = this.cookieHeader(address.pathname);
    return new WebSocket(address.href.replace(/^http/, 'ws'), {
      rejectUnauthorized: false,
      headers: { origin: address.origin, ...(cookie ? { cookie } : {}), ...headers },
    });
  }

  /** Of a path of the home page, which may lie below www-root-path. */
  at(target: string): URL {
    const base = this.url.pathname.replace(/\/$/, '');
    return new URL(target.startsWith('/') ? base + target : target, this.url);
  }

  close(): void {
    this.agent.destroy();
  }

  /** What a browser would send to this path. */
  cookieHeader(path: string): string {
    return [...this.cookies]
      .map(([name, value]) => [name.split(' ') as [string, string?], value] as const)
      .filter(([[, under = '/']]) => path.startsWith(under))
      .map(([[name], value]) => `${name}=${value}`)
      .join('; ');
  }

  private keepCookies(lines: readonly string[]): void {
    for (const line of lines) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      const path = /; Path=([^;]+)/.exec(line)?.[1] ?? '/';
      const key = path === '/' ? name! : `${name} ${path}`;
      if (/; Max-Age=0/.test(line)) this.cookies.delete(key);
      else this.cookies.set(key, value!);
    }
  }
}

/** base64, one for each item that asks. */
export function sealAll(
  user: string,
  { conversation, key, items }: Prompts,
  secrets: readonly Uint8Array[],
): string[] {
  const asking = items.filter(({ style }) => style === 'hidden' || style === 'shown');
  return asking.map(({ number }, at) => {
    const secret = secrets[at] ?? new Uint8Array();
    const record = { conversation, prompt: number, expires: key.expires, user, secret };
    return Buffer.from(sealAnswer(record, Buffer.from(key.public, 'base64'))).toString('base64');
  });
}

/** A terminal's WebSocket: what it showed so far, and how it was closed. */
export class Terminal {
  readonly ws: WebSocket;
  /** The close code. */
  readonly closed: Promise<number>;
  output = '';
  private readonly heard = new Set<() => void>();

  private constructor(ws: WebSocket) {
    this.ws = ws;
    this.closed = once(ws, 'close').then(([code]) => code);
    ws.on('message', (payload: Buffer) => this.take(decode(fromSession, payload)));
    ws.on('error', () => {});
    ws.on('close', () => this.tell());
  }

  static async open(ws: WebSocket): Promise<Terminal> {
    const terminal = new Terminal(ws);
    await once(ws, 'open');
    return terminal;
  }

  send(message: MessageOf<typeof toSession>): void {
    this.ws.send(encode(toSession, message));
  }

  /** Waits until the output, from `after` on, has it. */
  async until(pattern: RegExp, after = 0): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.output.slice(after));
      if (match !== null) return match;
      if (this.ws.readyState !== WebSocket.OPEN) {
        throw new Error(`wanted ${pattern}, got the end after: ${this.output}`);
      }
      await new Promise<void>((resolve) => this.heard.add(resolve));
    }
  }

  /** Has the shell run a line; what came between its echo and its end. */
  async run(line: string): Promise<string> {
    const mark = `${this.output.length}-${line.length}`;
    this.send({
      name: 'input',
      data: Buffer.from(`echo 'be''gin-${mark}'; ${line}; echo 'e''nd-${mark}'\r`),
    });
    const pattern = new RegExp(`begin-${mark}\r\n([^]*?)end-${mark}\r\n`);
    return (await this.until(pattern))[1]!.replaceAll('\r\n', '\n');
  }

  private take(message: MessageOf<typeof fromSession>): void {
    if (message.name === 'output') this.output += Buffer.from(message.data).toString('latin1');
    this.tell();
  }

  private tell(): void {
    for (const resolve of this.heard) resolve();
    this.heard.clear();
  }
}
