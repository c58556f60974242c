/**
 * A broker for tests of the gateway, as a program: `node fake-broker.ts DIRECTORY` listens on DIRECTORY/broker, writes
 * DIRECTORY/host.pub, and speaks the real frames. Which user name signs in decides what happens; the state of its
 * tickets lies in DIRECTORY/state.json, so that a second one goes on where a killed one stopped.
 *
 * stdout: one JSON line for every request and 'ready'. stdin: one JSON line for every order (see Order).
 */
import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { KEY_SIGNATURE_CONTEXT } from '../../src/protocol/broker-leader.ts';
import type { FrameStream } from '../../src/protocol/frame.ts';
import {
  type BrokerSessionStep,
  type BrokerSignInStep,
  type DialInfo,
  type Holdings,
  type Request,
  type RequestName,
  type Requests,
  SECRET_VERSION,
  type TicketInfo,
} from '../../src/protocol/gateway-broker.ts';
import type {
  ConversationId,
  PamSessionId,
  SessionId,
  TicketId,
  Uid,
  UserName,
} from '../../src/protocol/ids.ts';
import { greet, parseJson, sendJson } from '../../src/protocol/json-frame.ts';
import type {
  EndedBy,
  HomeSessionView,
  OpenPamSession,
  PromptItem,
  SessionView,
} from '../../src/protocol/page-gateway.ts';
import { PROBLEMS, type ProblemCode } from '../../src/protocol/problems.ts';

export type Order =
  | { readonly order: 'revoke'; readonly user: string }
  /** Like revoke, but the gateway is not told: as if it had happened while it was away. */
  | { readonly order: 'forget'; readonly user: string }
  | { readonly order: 'sessions'; readonly user: string; readonly endedBy?: EndedBy }
  | { readonly order: 'home-session'; readonly user: string }
  | { readonly order: 'pam-sessions'; readonly user: string }
  | { readonly order: 'troubles'; readonly user: string }
  /** The next answer of this type is followed by what these orders make, in the same write. */
  | { readonly order: 'after'; readonly type: RequestName; readonly obey: readonly Order[] }
  /** Answers to requests of this type wait for release. */
  | { readonly order: 'hold'; readonly type: RequestName }
  | { readonly order: 'release' }
  /** The next request of this type is refused so; words: what PAM's modules said. */
  | {
      readonly order: 'refuse';
      readonly type: RequestName;
      readonly code: ProblemCode;
      readonly words?: string;
    };

/** The reference of every problem that this broker makes. */
export const FAKE_REFERENCE = '0123456789ab';
/** The one session that exists; its host listens on DIRECTORY/sessions/<id>/s. It is alice's. */
export const FAKE_SESSION = 'a'.repeat(32) as SessionId;
export const ENDED_SESSION = 'e'.repeat(32) as SessionId;
/** Open, and no program runs in it any more. */
export const FAKE_PAM_SESSION = 'd'.repeat(32) as PamSessionId;
/** Is being started for ever. */
export const STARTING_SESSION = 'b'.repeat(32) as SessionId;
/** What a browser that has signed in shows from then on. */
export const FAKE_BROWSER = `${SECRET_VERSION}.${'b'.repeat(43)}`;
export const FAKE_TROUBLE = { kind: 'full', path: '/srv', text: 'no room' };
export const FAKE_UID = 61_000 as Uid;
export const SESSION_KEY = Buffer.alloc(32, 7);

interface State {
  tickets: Record<string, TicketInfo>;
  codes: Record<string, { ticket: string; session: string; browser: string }>;
  passes: Record<string, { ticket: string; session: string }>;
}
class Refusal extends Error {
  readonly code: ProblemCode;
  readonly words: readonly string[];
  constructor(code: ProblemCode, words: readonly string[] = []) {
    super(code);
    this.code = code;
    this.words = words;
  }
}

const HOUR = 3_600_000;
const YEAR = 8760 * HOUR;

function main(directory: string): void {
  const broker = new FakeBroker(directory);
  const path = join(directory, 'broker');
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    greet(socket).then(
      (frames) => broker.serve(frames, socket),
      () => {},
    );
  });
  server.listen(path, () => tell({ ready: true }));
  createInterface({ input: process.stdin }).on('line', (line) => {
    broker.obey(JSON.parse(line) as Order);
    tell({ obeyed: JSON.parse(line) as Order });
  });
}

function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

class FakeBroker {
  private readonly statePath: string;
  private readonly state: State;
  private readonly hostKey: KeyObject;
  private readonly conversations = new Map<string, { user: string; round: number }>();
  private readonly connections = new Set<FrameStream>();
  private after: Extract<Order, { order: 'after' }> | null = null;
  private refused: Extract<Order, { order: 'refuse' }> | null = null;
  private held: { type: RequestName; answers: (() => void)[] } | null = null;

  constructor(directory: string) {
    this.statePath = join(directory, 'state.json');
    this.state = existsSync(this.statePath)
      ? (JSON.parse(readFileSync(this.statePath, 'utf8')) as State)
      : { tickets: {}, codes: {}, passes: {} };
    this.hostKey = hostKeyIn(directory);
  }

  serve(frames: FrameStream, socket: Socket): void {
    this.connections.add(frames);
    frames.listen({
      frame: (payload) => {
        socket.cork();
        this.receive(frames, parseJson(payload) as unknown as Request);
        socket.uncork();
      },
      close: () => this.connections.delete(frames),
    });
  }

  obey(order: Order): void {
    if (order.order === 'sessions') this.push(this.sessionsEvent(order.user, order.endedBy));
    else if (order.order === 'home-session') this.push(homeEvent(order.user));
    else if (order.order === 'pam-sessions') this.push(pamSessionsEvent(order.user));
    else if (order.order === 'troubles') this.push(troublesEvent(order.user));
    else if (order.order === 'after') this.after = order;
    else if (order.order === 'hold') this.held = { type: order.type, answers: [] };
    else if (order.order === 'release') this.release();
    else if (order.order === 'refuse') this.refused = order;
    else {
      const tickets = this.drop(order.user);
      if (order.order === 'revoke') this.push({ event: 'revoked', tickets });
    }
  }

  private release(): void {
    const answers = this.held?.answers ?? [];
    this.held = null;
    for (const answer of answers) answer();
  }

  private receive(frames: FrameStream, request: Request): void {
    const { id, ...shown } = request;
    tell({ request: shown });
    const answer = (): void => this.answer(frames, request);
    if (this.held?.type === request.type) this.held.answers.push(answer);
    else answer();
  }

  private answer(frames: FrameStream, request: Request): void {
    const { id, type } = request;
    try {
      this.refuseWhenOrdered(type);
      const handler = this.handlers[type] as (ask: object) => object;
      sendJson(frames, { id, ok: handler(request) });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, words } = error;
      const text = [PROBLEMS[code].text, ...words].join('\n');
      const problem = { code, text, reference: FAKE_REFERENCE };
      sendJson(frames, { id, problem });
    }
    if (this.after?.type !== type) return;
    for (const order of this.after.obey) this.obey(order);
    this.after = null;
  }

  private refuseWhenOrdered(type: RequestName): void {
    const { refused } = this;
    if (refused?.type !== type) return;
    this.refused = null;
    throw new Refusal(refused.code, refused.words === undefined ? [] : [refused.words]);
  }

  private readonly handlers: {
    [K in RequestName]: (ask: Requests[K]['ask']) => Requests[K]['answer'];
  } = {
    'sign-in-start': ({ conversation, user }) => this.startSignIn(conversation, user),
    'sign-in-answer': ({ conversation, sealed }) => this.answerSignIn(conversation, sealed),
    'sign-in-cancel': ({ conversation }) => {
      this.conversations.delete(conversation);
      return {};
    },
    'ticket-check': ({ ticket }) => this.check(ticket),
    'sign-out': ({ ticket }) => {
      const { id } = this.check(ticket);
      delete this.state.tickets[ticket];
      this.save();
      this.push({ event: 'revoked', tickets: [id] });
      return {};
    },
    'sign-out-everywhere': ({ ticket }) => {
      this.push({ event: 'revoked', tickets: this.drop(this.check(ticket).user) });
      return {};
    },
    'sign-in-list': ({ ticket }) => {
      const own = this.check(ticket);
      const all = Object.values(this.state.tickets).filter(({ user }) => user === own.user);
      const seen = { address: '127.0.0.1', userAgent: 'test', started: 1000, used: 2000 };
      return { signIns: all.map(({ id }) => ({ id, ...seen, current: id === own.id })) };
    },
    'sign-in-end': ({ ticket, signIn }) => {
      const own = this.check(ticket);
      const found = Object.entries(this.state.tickets).find(
        ([, { id, user }]) => id === signIn && user === own.user,
      );
      if (!found) throw new Refusal('not-found');
      delete this.state.tickets[found[0]];
      this.save();
      this.push({ event: 'revoked', tickets: [signIn] });
      return {};
    },
    'home-visit': ({ ticket }) => holdingsOf(this.check(ticket).user),
    'session-list': ({ ticket }) => holdingsOf(this.check(ticket).user),
    'session-start': ({ ticket, kind }) => {
      if (kind !== 'terminal') throw new Refusal('bad-request');
      this.check(ticket);
      return { session: { ...viewOf(FAKE_SESSION), state: 'starting' } };
    },
    'session-answer': ({ ticket, session, after, sealed }) => {
      this.own(ticket, session);
      if (sealed.length > 0) return { kind: 'over' };
      const item = { number: after + 1, style: 'shown', text: 'Which disk? ' } as const;
      return this.prompt(session as string as ConversationId, 'ada', [item]) as BrokerSessionStep;
    },
    'session-cancel': ({ ticket, session }) => {
      this.own(ticket, session);
      return {};
    },
    'session-rename': ({ ticket, session, name }) => {
      this.own(ticket, session);
      if (name === 'taken') throw new Refusal('name-refused');
      return { session: { ...viewOf(session), name } };
    },
    'session-watch': ({ ticket }) => {
      this.check(ticket);
      return {};
    },
    'session-end': ({ ticket, session }) => {
      this.own(ticket, session);
      return {};
    },
    'pam-session-close': ({ ticket, pamSession }) => {
      const { user } = this.check(ticket);
      if (!pamSessionsOf(user).some(({ id }) => id === pamSession))
        throw new Refusal('session-not-found');
      return {};
    },
    'session-enter': ({ ticket, session, browser }) => {
      this.own(ticket, session);
      if (session === STARTING_SESSION) return { code: null };
      const code = makeSecret();
      this.state.codes[code] = { ticket, session, browser };
      this.save();
      return { code };
    },
    'session-pass': ({ code, session, browser }) => {
      const known = this.state.codes[code];
      delete this.state.codes[code];
      if (known?.session !== session || known.browser !== browser)
        throw new Refusal('not-signed-in');
      const pass = makeSecret();
      this.state.passes[pass] = known;
      this.save();
      return { pass };
    },
    'session-dial': ({ pass, session }) => this.dial(pass, session),
    'session-active': ({ pass, session }) => {
      this.dial(pass, session);
      return {};
    },
  };

  private startSignIn(conversation: ConversationId, user: string): BrokerSignInStep {
    if (user === 'busy') throw new Refusal('sign-in-busy');
    if (user === 'at-once') return this.signedIn(user);
    this.conversations.set(conversation, { user, round: 1 });
    return this.prompt(conversation, user, [{ number: 0, style: 'hidden', text: 'Password: ' }]);
  }

  private answerSignIn(id: ConversationId, sealed: readonly string[]): BrokerSignInStep {
    const conversation = this.conversations.get(id);
    if (!conversation) throw new Refusal('conversation-gone');
    if (sealed.length !== 1) throw new Refusal('bad-request');
    const { user, round } = conversation;
    if (user === 'mallory') {
      this.conversations.delete(id);
      throw new Refusal('sign-in-failed');
    }
    if (user === 'otto' && round === 1) {
      conversation.round = 2;
      return this.prompt(id, user, [
        { number: 1, style: 'info', text: 'A code was sent.' },
        { number: 2, style: 'shown', text: 'Code: ' },
      ]);
    }
    this.conversations.delete(id);
    return this.signedIn(user);
  }

  /** forged gets a key that no leader made, replayed one of another conversation; behind and ahead one by another clock. */
  private prompt(
    asked: ConversationId,
    user: string,
    items: readonly PromptItem[],
  ): BrokerSignInStep {
    const publicKey = randomBytes(32);
    const earlier = randomBytes(16).toString('hex') as ConversationId;
    const conversation = user === 'replayed' ? earlier : asked;
    const ahead = user === 'behind' ? -YEAR : user === 'ahead' ? YEAR : 0;
    const expires = Date.now() + ahead + HOUR / 10;
    const end = Buffer.alloc(8);
    end.writeBigUInt64BE(BigInt(expires));
    const context = Buffer.from(KEY_SIGNATURE_CONTEXT);
    const signed = Buffer.concat([context, Buffer.from(conversation, 'hex'), publicKey, end]);
    const signature = sign(null, signed, this.hostKey).toString('base64');
    const shown = user === 'forged' ? randomBytes(32) : publicKey;
    const key = { public: shown.toString('base64'), expires, signature };
    return { kind: 'prompts', conversation, key, items };
  }

  private signedIn(user: string): BrokerSignInStep {
    const ticket = makeSecret();
    const id = randomBytes(16).toString('hex') as TicketId;
    const person = { user: user as UserName, uid: FAKE_UID };
    const info = { id, ...person, idleMs: HOUR, absoluteMs: 24 * HOUR };
    this.state.tickets[ticket] = info;
    this.save();
    return { kind: 'signed-in', user: info.user, ticket, browser: FAKE_BROWSER, info, items: [] };
  }

  private check(ticket: string): TicketInfo {
    const info = this.state.tickets[ticket];
    if (!info) throw new Refusal('not-signed-in');
    return info;
  }

  private own(ticket: string, session: SessionId): TicketInfo {
    const info = this.check(ticket);
    if (info.user === 'alice' && session === STARTING_SESSION) return info;
    const view = sessionsOf(info.user).find(({ id }) => id === session);
    if (!view) throw new Refusal('session-not-found');
    if (view.state === 'ended') throw new Refusal('session-ended');
    return info;
  }

  private dial(pass: string, session: SessionId): DialInfo {
    const known = this.state.passes[pass];
    if (!known) throw new Refusal('not-signed-in');
    if (known.session !== session) throw new Refusal('session-not-found');
    const { id, user } = this.own(known.ticket, session);
    return { ticket: id, user, place: 'local', key: SESSION_KEY.toString('base64') };
  }

  private drop(user: string): TicketId[] {
    const gone = Object.entries(this.state.tickets).filter(([, info]) => info.user === user);
    for (const [ticket] of gone) delete this.state.tickets[ticket];
    this.save();
    return gone.map(([, info]) => info.id);
  }

  private sessionsEvent(user: string, endedBy: EndedBy | null = null): object {
    const sessions = sessionsOf(user).map((view) => ({ ...view, endedBy }));
    return { event: 'sessions', user, uid: FAKE_UID, sessions };
  }

  private push(event: object): void {
    for (const frames of this.connections) sendJson(frames, event);
  }

  private save(): void {
    writeFileSync(this.statePath, JSON.stringify(this.state));
  }
}

/** Made by the first broker of a directory; its public half is what the gateway is given. */
function hostKeyIn(directory: string): KeyObject {
  const path = join(directory, 'host.key');
  if (existsSync(path)) return createPrivateKey(readFileSync(path));
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const { x } = publicKey.export({ format: 'jwk' });
  writeFileSync(join(directory, 'host.pub'), Buffer.from(x!, 'base64url'));
  return privateKey;
}

function sessionsOf(user: string): SessionView[] {
  if (user !== 'alice') return [];
  const ended = viewOf(ENDED_SESSION);
  return [viewOf(FAKE_SESSION), { ...ended, state: 'ended', ended: 2000, exitStatus: 0 }];
}

/** alice has one. */
function pamSessionsOf(user: string): OpenPamSession[] {
  if (user !== 'alice') return [];
  return [{ id: FAKE_PAM_SESSION, name: 'Terminal 1', opened: 1000, closing: false, stuck: null }];
}

function pamSessionsEvent(user: string): object {
  return { event: 'pam-sessions', user, uid: FAKE_UID, pamSessions: pamSessionsOf(user) };
}

const HOME_SESSION: HomeSessionView = { state: 'open', since: 1000, problem: null, texts: [] };

function holdingsOf(user: string): Holdings {
  const pamSessions = pamSessionsOf(user);
  const sessions = sessionsOf(user);
  return { sessions, pamSessions, homeSession: HOME_SESSION, troubles: [], now: 3000 };
}

function homeEvent(user: string): object {
  return { event: 'home-session', user, uid: FAKE_UID, homeSession: HOME_SESSION };
}

function troublesEvent(user: string): object {
  return { event: 'troubles', user, uid: FAKE_UID, troubles: [FAKE_TROUBLE] };
}

function viewOf(id: SessionId): SessionView {
  return {
    ...{ id, kind: 'terminal', kindTitle: 'Terminal', talk: 'terminal', startedBy: 'person' },
    ...{ name: 'Terminal 1', state: 'running', started: 1000, ended: null },
    ...{
      tty: 'pts/0',
      exitStatus: null,
      lastWords: '',
      endedBy: null,
      problem: null,
      step: null,
      activity: null,
      usage: null,
    },
  } as SessionView;
}

function makeSecret(): string {
  return `${SECRET_VERSION}.${randomBytes(32).toString('base64url')}`;
}

if (import.meta.main) main(process.argv[2]!);
