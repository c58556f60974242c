/**
 * A gateway for the pages alone: serves build/page on two ports under the real content security policy and plays the
 * API by the user name that signs in (see SIGN_INS). Over plain HTTP, which browsers trust on localhost.
 * By hand: `node test/fakes/fake-gateway.ts`, then open the address it prints.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { fillPage, makeWelcome } from '../../src/gateway/pages/fill-page.ts';
import { loadPages, type Pages, terminalScriptOf } from '../../src/gateway/pages/load-pages.ts';
import { contentPolicy } from '../../src/gateway/security/headers.ts';
import type { PamSessionId, SessionId, TicketId, UserName } from '../../src/protocol/ids.ts';
import {
  BANNER,
  CLOSE_CODES,
  HOME,
  HOME_ORIGIN,
  type Home,
  type HomeSessionView,
  type OpenPamSession,
  type PromptItem,
  type PromptStyle,
  type SessionView,
  type SignInView,
  TERMINAL_SCRIPT,
  TITLE,
} from '../../src/protocol/page-gateway.ts';
import { PROBLEMS, type ProblemCode } from '../../src/protocol/problems.ts';
import { FakeTerminal } from './fake-terminal.ts';

const pageDirectory = join(import.meta.dirname, '../../build/page');
export const FAKE_REFERENCE = '0123456789ab';

type Round = readonly (readonly [style: PromptStyle, text: string])[];
/** What PAM asks of whom, round by round; a problem code ends it badly. Anyone else: a password, then in. */
const SIGN_INS: Readonly<Record<string, readonly (Round | ProblemCode)[]>> = {
  wrong: [[['hidden', 'Password: ']], 'sign-in-failed'],
  locked: [[['hidden', 'Password: ']], 'sign-in-refused'],
  code: [
    [['hidden', 'Password: ']],
    [
      ['info', 'A code was sent to your phone.'],
      ['shown', 'Verification code: '],
    ],
  ],
  expired: [
    [['hidden', 'Password: ']],
    [
      ['error', 'You are required to change your password immediately (administrator enforced).'],
      ['hidden', 'New password: '],
    ],
    [['hidden', 'Retype new password: ']],
  ],
};

export function fakeSession(number: number, fields: Partial<SessionView> = {}): SessionView {
  return {
    id: number.toString(16).padStart(32, '0') as SessionId,
    kind: 'terminal',
    kindTitle: 'Terminal',
    talk: 'terminal',
    startedBy: 'person',
    name: `Terminal ${number}`,
    state: 'running',
    started: Date.now() - number * 3_600_000,
    ended: null,
    tty: `pts/${number}`,
    exitStatus: null,
    lastWords: '',
    endedBy: null,
    problem: null,
    step: null,
    conversation: null,
    stuck: null,
    activity: null,
    usage: null,
    ...fields,
  };
}

export function fakePamSession(
  number: number,
  fields: Partial<OpenPamSession> = {},
): OpenPamSession {
  const id = number.toString(16).padStart(32, 'd') as PamSessionId;
  const opened = Date.now() - number * 3_600_000;
  return { id, name: `Terminal ${number}`, opened, closing: false, stuck: null, ...fields };
}

export function fakeSignIn(number: number, fields: Partial<SignInView> = {}): SignInView {
  return {
    id: number.toString(16).padStart(32, 'f') as TicketId,
    address: `192.0.2.${number}`,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    started: Date.now() - number * 86_400_000,
    used: Date.now() - number * 3_600_000,
    current: false,
    ...fields,
  };
}

export class FakeGateway {
  private readonly pages: Pages = loadPages(pageDirectory, '');
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly live = new Set<WebSocket>();
  private readonly connections = new Set<Socket>();
  private readonly rounds = new Map<string, { user: string; round: number }>();
  private home!: Server;
  private content!: Server;
  private ports = { home: 0, content: 0 };
  readonly terminal = new FakeTerminal();
  user: string | null = null;
  sessions: SessionView[] = [];
  homeSession: HomeSessionView = { state: 'open', since: 0, problem: null, texts: [] };
  pamSessions: readonly OpenPamSession[] = [];
  /** PAM sessions are closed only by setPamSessions(). */
  closesSlowly = false;
  troubles: Home['troubles'] = [];
  signIns: SignInView[] = [fakeSignIn(1, { current: true })];
  /** The session origin's cookie. */
  hasPass = true;
  /** false: as a browser that keeps no cookies. */
  givesPasses = true;
  /** Sessions go on from 'starting' only by setState(). */
  startsSlowly = false;
  /** The broker is away: nobody can say who is signed in. */
  knowsNothing = false;
  host = 'testhost';
  /** www-title and www-banner. */
  title = '';
  banner = '';

  async start(homePort = 0, contentPort = 0): Promise<void> {
    this.home = await this.listen(homePort, (path, body) => this.answerHome(path, body));
    this.content = await this.listen(contentPort, (path) => this.answerContent(path));
    this.ports = { home: portOf(this.home), content: portOf(this.content) };
  }

  get homeOrigin(): string {
    return `http://localhost:${this.ports.home}`;
  }
  get contentOrigin(): string {
    return `http://localhost:${this.ports.content}`;
  }

  private get terminalScript(): string {
    return this.contentOrigin + terminalScriptOf(this.pages);
  }

  /** As a killed gateway: nobody answers, everything open breaks. */
  async stop(): Promise<void> {
    const closed = [once(this.home, 'close'), once(this.content, 'close')];
    this.home.close();
    this.content.close();
    for (const socket of this.connections) socket.destroy();
    await Promise.all(closed);
  }

  /** On the ports of before. */
  async restart(): Promise<void> {
    await this.start(this.ports.home, this.ports.content);
  }

  setSessions(sessions: SessionView[]): void {
    this.sessions = sessions;
    for (const socket of this.live) socket.send(JSON.stringify({ kind: 'sessions', sessions }));
  }

  setHomeSession(homeSession: HomeSessionView): void {
    this.homeSession = homeSession;
    for (const socket of this.live)
      socket.send(JSON.stringify({ kind: 'home-session', homeSession }));
  }

  setPamSessions(pamSessions: readonly OpenPamSession[]): void {
    this.pamSessions = pamSessions;
    for (const socket of this.live)
      socket.send(JSON.stringify({ kind: 'pam-sessions', pamSessions }));
  }

  setTroubles(troubles: Home['troubles']): void {
    this.troubles = troubles;
    for (const socket of this.live) socket.send(JSON.stringify({ kind: 'troubles', troubles }));
  }

  signOut(): void {
    this.user = null;
    for (const socket of this.live) {
      socket.send(JSON.stringify({ kind: 'signed-out' }));
      socket.close(CLOSE_CODES.signedOut);
    }
  }

  private async listen(port: number, answer: Answerer): Promise<Server> {
    const server = createServer((request, response) => void this.serve(answer, request, response));
    server.on('connection', (socket) => {
      this.connections.add(socket);
      socket.on('close', () => this.connections.delete(socket));
    });
    server.on('upgrade', (request, socket, head) => {
      this.sockets.handleUpgrade(request, socket, head, (ws) => this.openSocket(request.url!, ws));
    });
    server.listen(port, 'localhost');
    await once(server, 'listening');
    return server;
  }

  private openSocket(path: string, ws: WebSocket): void {
    if (path !== '/api/live') {
      if (this.hasPass && this.givesPasses) void this.terminal.join(ws, path);
      else ws.close(CLOSE_CODES.signedOut);
      return;
    }
    if (this.user === null) {
      ws.close(CLOSE_CODES.signedOut);
      return;
    }
    this.live.add(ws);
    ws.on('close', () => this.live.delete(ws));
    ws.send(JSON.stringify({ kind: 'sessions', sessions: this.sessions }));
    ws.send(JSON.stringify({ kind: 'pam-sessions', pamSessions: this.pamSessions }));
    ws.send(JSON.stringify({ kind: 'home-session', homeSession: this.homeSession }));
    ws.send(JSON.stringify({ kind: 'troubles', troubles: this.troubles }));
  }

  private async serve(answer: Answerer, request: IncomingMessage, response: ServerResponse) {
    const body = await readBody(request);
    const path = `${request.method} ${request.url!.split('?', 1)[0]}`;
    const { status, headers, content } = answer(path, body) ?? this.file(request.url!);
    const policy = contentPolicy(`http://${request.headers.host}`, this.terminalScript);
    response.writeHead(status, { 'content-security-policy': policy, ...headers });
    response.end(content);
  }

  private file(path: string): Reply {
    const file = this.pages.get(path);
    if (file === undefined) return problem('not-found');
    return { status: 200, headers: { 'content-type': file.type }, content: file.body };
  }

  private page(path: string): Reply {
    const html = this.pages.get(path)!.body.toString();
    const welcome = makeWelcome(this.title, this.banner);
    const values = new Map([
      [HOME, this.answerHome('GET /api/home', '')!.content.toString()],
      [HOME_ORIGIN, this.homeOrigin],
      [TERMINAL_SCRIPT, this.terminalScript],
      [TITLE, welcome.title],
      [BANNER, welcome.banner],
    ]);
    const content = fillPage(html, values);
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
    return { status: 200, headers, content };
  }

  private answerContent(path: string): Reply | undefined {
    const [, id, rest] = /^GET \/s\/([0-9a-f]{32})\/(enter)?$/.exec(path) ?? [];
    if (id === undefined) return undefined;
    if (rest === undefined) return this.page('/terminal.html');
    return redirect(`${this.homeOrigin}/s/${id}/`);
  }

  private answerHome(path: string, body: string): Reply | undefined {
    if (path === 'GET /') return this.page('/index.html');
    if (path.startsWith('POST /api/sign-in')) return this.signIn(path, body);
    if (path.startsWith('DELETE /api/sign-in/')) return json(204);
    if (!path.includes(' /api/') && !path.includes(' /s/')) return undefined;
    const id = path.split('/').findLast((part) => part.length === 32);
    if (path.startsWith('GET /s/')) {
      const { state } = this.sessions.find((one) => one.id === id) ?? {};
      if (this.user === null || state === 'pending' || state === 'starting') {
        return redirect(`/?session=${id}`);
      }
      this.hasPass = true;
      return redirect(`${this.contentOrigin}/s/${id}/`);
    }
    if (this.knowsNothing) return problem('unavailable');
    if (this.user === null) return problem('not-signed-in');
    switch (path.split('/').slice(0, 3).join('/')) {
      case 'GET /api/home':
        return json(200, this.homeView());
      case 'POST /api/home-session':
        this.setHomeSession({ state: 'opening', since: Date.now(), problem: null, texts: [] });
        return json(202);
      case 'POST /api/sign-out':
        this.signOut();
        return json(204);
      case 'GET /api/sign-ins':
        return json(200, { signIns: this.signIns });
      case 'DELETE /api/sign-ins':
        return this.endSignIn(id!);
      case 'POST /api/sessions':
        return json(202, this.startSession());
      case 'PATCH /api/sessions':
        return this.rename(id!, (JSON.parse(body) as { name: string }).name.trim());
      case 'DELETE /api/sessions':
        this.setState(id!, { state: 'ended', ended: Date.now(), exitStatus: 0 });
        return json(202);
      case 'POST /api/pam-sessions':
        return this.closePamSession(id!);
    }
    return undefined;
  }

  private closePamSession(id: string): Reply {
    const others = this.pamSessions.filter((one) => one.id !== id);
    if (others.length === this.pamSessions.length) return problem('session-not-found');
    if (!this.closesSlowly) setImmediate(() => this.setPamSessions(others));
    return json(202);
  }

  private rename(id: string, name: string): Reply {
    if (this.sessions.some((one) => one.id !== id && one.name === name)) {
      return problem('name-refused');
    }
    this.setState(id, { name });
    return json(
      200,
      this.sessions.find((one) => one.id === id),
    );
  }

  private endSignIn(id: string): Reply {
    const before = this.signIns.length;
    this.signIns = this.signIns.filter((one) => one.id !== id);
    return this.signIns.length < before ? json(204) : problem('not-found');
  }

  setState(id: string, fields: Partial<SessionView>): void {
    this.setSessions(this.sessions.map((one) => (one.id === id ? { ...one, ...fields } : one)));
  }

  private homeView(): Home {
    const { sessions, pamSessions, homeSession, troubles, host } = this;
    const user = this.user as UserName;
    return { user, sessions, pamSessions, homeSession, troubles, host, now: Date.now() };
  }

  private startSession(): SessionView {
    const started = fakeSession(this.sessions.length + 1, {
      state: 'starting',
      started: Date.now(),
    });
    this.setSessions([...this.sessions, started]);
    if (!this.startsSlowly) setImmediate(() => this.setState(started.id, { state: 'running' }));
    return started;
  }

  private signIn(path: string, body: string): Reply {
    const value = JSON.parse(body) as { user?: string; visit?: boolean };
    const conversation = value.user === undefined ? path.split('/').at(-1)! : 'c'.repeat(32);
    const at = this.rounds.get(conversation);
    const { user, round } = value.user === undefined ? at! : { user: value.user, round: 0 };
    const next = (SIGN_INS[user] ?? [[['hidden', 'Password: ']]])[round];
    if (typeof next === 'string') return problem(next);
    if (next === undefined) {
      this.user = user;
      const home = value.visit ? this.homeView() : null;
      return json(200, { kind: 'signed-in', user, items: [], home });
    }
    this.rounds.set(conversation, { user, round: round + 1 });
    const items = next.map(([style, text], number): PromptItem => ({ number, style, text }));
    const key = { public: Buffer.alloc(32, 9).toString('base64'), expires: Date.now() + 600_000 };
    return json(200, { kind: 'prompts', conversation, key, items });
  }
}

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly content: string | Buffer;
}
type Answerer = (path: string, body: string) => Reply | undefined;

function json(status: number, value?: unknown): Reply {
  const content = value === undefined ? '' : JSON.stringify(value);
  return { status, headers: { 'content-type': 'application/json' }, content };
}

function problem(code: ProblemCode): Reply {
  const { status, text } = PROBLEMS[code];
  return json(status, { problem: { code, text, reference: FAKE_REFERENCE } });
}

function redirect(location: string): Reply {
  return { status: 303, headers: { location }, content: '' };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

if (import.meta.main) {
  const gateway = new FakeGateway();
  await gateway.start();
  console.log(gateway.homeOrigin);
}
