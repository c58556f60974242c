/** A broker on a directory of its own, with fake leaders, and the two ends that ask it. Ended with the test. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { type RunningBroker, serveBroker } from '../../src/broker/requests/serve.ts';
import type { BrokerOptions, BrokerSettings } from '../../src/broker/state/settings.ts';
import type { CliRequests } from '../../src/protocol/cli-broker.ts';
import type { FrameStream } from '../../src/protocol/frame.ts';
import type { BrokerEvent, BrokerSignInStep, Requests } from '../../src/protocol/gateway-broker.ts';
import type { ConversationId, SessionId } from '../../src/protocol/ids.ts';
import { greet, parseJson, sendJson } from '../../src/protocol/json-frame.ts';
import type { SessionState, SessionView } from '../../src/protocol/page-gateway.ts';
import type { Problem, ProblemCode } from '../../src/protocol/problems.ts';
import { SEALED_BYTES } from '../../src/protocol/sealed-answer.ts';
import { FakeMachine } from './fake-leader.ts';
import { Mailbox } from './mailbox.ts';

export const ORIGIN = { address: '192.0.2.7', userAgent: 'test' };
/** What a gateway sends to begin a sign-in. */
export const beginAs = (user: string, origin = ORIGIN) => ({
  conversation: randomBytes(16).toString('hex') as ConversationId,
  user,
  origin,
});
export const RIGHT = Buffer.alloc(SEALED_BYTES, 1).toString('base64');
export const WRONG = Buffer.alloc(SEALED_BYTES, 2).toString('base64');

const START = 1_000_000;
/** What its codes are bound to. */
export const BROWSER = 'B'.repeat(43);

type All = Requests & CliRequests;
type Reply = { id: number; ok?: unknown; problem?: Problem };

export interface AuditRow {
  readonly event: string;
  readonly user: string | null;
  readonly session: string | null;
  readonly problem: string | null;
  readonly reference: string | null;
  readonly detail: string;
}

/** One connection to the broker. */
export class Asker {
  readonly events = new Mailbox<BrokerEvent>();
  readonly frames: FrameStream;
  private readonly asked = new Map<number, PromiseWithResolvers<Reply>>();
  private lastId = 0;

  constructor(frames: FrameStream) {
    this.frames = frames;
    frames.listen({
      frame: (payload) => {
        const value = parseJson(payload);
        if ('event' in value) this.events.put(value as unknown as BrokerEvent);
        else this.settle(value as unknown as Reply);
      },
      close: () => {
        for (const { reject } of this.asked.values()) reject(new Error('the broker has closed'));
        this.asked.clear();
      },
    });
  }

  async raw(request: object): Promise<Reply> {
    if (this.frames.closed) throw new Error('the broker has closed');
    const id = ++this.lastId;
    const reply = Promise.withResolvers<Reply>();
    this.asked.set(id, reply);
    sendJson(this.frames, { id, ...request });
    return reply.promise;
  }

  private settle(reply: Reply): void {
    this.asked.get(reply.id)?.resolve(reply);
    this.asked.delete(reply.id);
  }

  async ask<N extends keyof All>(type: N, ask: All[N]['ask']): Promise<All[N]['answer']> {
    const { ok, problem } = await this.raw({ type, ...ask });
    if (problem) throw new Error(`${type}: ${problem.code}: ${problem.text}`);
    return ok as All[N]['answer'];
  }

  async refused<N extends keyof All>(type: N, ask: All[N]['ask']): Promise<Problem> {
    const { problem } = await this.raw({ type, ...ask });
    assert.ok(problem, `'${type}' was wanted to be refused`);
    assert.match(problem.reference, /^[0-9a-f]{12}$/);
    return problem;
  }

  async refusedAs(code: ProblemCode, type: keyof All, ask: object): Promise<void> {
    assert.equal((await this.refused(type, ask as never)).code, code);
  }

  async signIn(user: string): Promise<Extract<BrokerSignInStep, { kind: 'signed-in' }>> {
    const first = await this.ask('sign-in-start', beginAs(user));
    assert.equal(first.kind, 'prompts');
    const { conversation } = first as Extract<typeof first, { kind: 'prompts' }>;
    const last = await this.ask('sign-in-answer', { conversation, sealed: [RIGHT] });
    assert.equal(last.kind, 'signed-in');
    return last as Extract<typeof last, { kind: 'signed-in' }>;
  }

  /** The session as an event says it, once it has come to this state. */
  sessionIn(state: SessionState, id?: SessionId): Promise<SessionView> {
    return this.session((view) => view.state === state && (!id || view.id === id));
  }

  async session(fits: (view: SessionView) => boolean): Promise<SessionView> {
    const event = await this.events.take(
      (came) => came.event === 'sessions' && came.sessions.some(fits),
    );
    return (event as Extract<BrokerEvent, { event: 'sessions' }>).sessions.find(fits)!;
  }

  async start(ticket: string, kind = 'terminal'): Promise<SessionView> {
    const { session } = await this.ask('session-start', { ticket, kind, origin: ORIGIN });
    return this.sessionIn('running', session.id);
  }

  /** Through code and pass, as the gateway does. */
  async pass(ticket: string, session: SessionId): Promise<string> {
    const { code } = await this.ask('session-enter', { ticket, session, browser: BROWSER });
    return (await this.ask('session-pass', { code: code!, session, browser: BROWSER })).pass;
  }
}

export class BrokerFixture {
  readonly directory: string;
  readonly machine: FakeMachine;
  /** Of the broker that is started next. */
  stepMs: BrokerOptions['stepMs'];
  /** Added to the broker's clocks; the monotonic one moves by it alone. */
  skipMs = 0;
  /** By this the wall clock alone is wrong. */
  wallAheadMs = 0;
  /** Of the broker that is started next. */
  settings: Partial<BrokerSettings> = {};
  /** Of the broker that is started next: who is an administrator. */
  askMember: BrokerOptions['askMember'];
  /** Of the broker that is started next. */
  kinds: BrokerOptions['kinds'];
  /** How long the broker wanted to wait, each time; it never has to. */
  readonly waits: number[] = [];
  running!: RunningBroker;
  gateway!: Asker;
  cli!: Asker;

  constructor(directory: string, machine: FakeMachine, stepMs: BrokerOptions['stepMs']) {
    this.stepMs = stepMs;
    this.directory = directory;
    this.machine = machine;
  }

  get broker() {
    return this.running.broker;
  }

  async startBroker(): Promise<void> {
    const at = (name: string) => join(this.directory, name);
    this.running = await serveBroker({
      settings: {
        loginProfile: 'vestibule',
        sessionProfile: 'su',
        sessionsEnabled: true,
        sessionsScope: 'session',
        sessionsClose: '0',
        timeoutMinutes: 60,
        staySignedInDays: 7,
        recheckMinutes: 10,
        auditKeepDays: 400,
        adminGroups: [],
        signInsPerUser: 50,
        sessionsPerUser: 100,
        pamSessionsPerUser: 100,
        ...this.settings,
      },
      warnings: ['a warning'],
      paths: {
        rootd: at('rootd'),
        leaders: at('leaders'),
        sessions: at('sessions'),
        database: at('broker.db'),
      },
      stepMs: this.stepMs,
      askMember: this.askMember,
      kinds: this.kinds,
      now: () => Date.now() + this.skipMs + this.wallAheadMs,
      clock: {
        monotonic: () => START + this.skipMs,
        wait: async (ms) => void this.waits.push(ms),
      },
      listen: { gateway: { path: at('gateway') }, cli: { path: at('cli') } },
    });
    this.gateway = await this.connect('gateway');
    this.cli = await this.connect('cli');
  }

  async connect(name: 'gateway' | 'cli'): Promise<Asker> {
    return new Asker(await greet(connect(join(this.directory, name))));
  }

  /** Another broker on the same database and leaders. meanwhile: what happens while there is none. */
  async restart(meanwhile: () => void | Promise<void> = () => {}): Promise<void> {
    await this.running.close();
    await meanwhile();
    await this.startBroker();
  }

  audit(): AuditRow[] {
    const database = new DatabaseSync(this.broker.paths.database, { readOnly: true });
    try {
      return database.prepare('SELECT * FROM audit ORDER BY number').all() as never;
    } finally {
      database.close();
    }
  }
}

export async function startFixture(
  context: TestContext,
  options: Pick<BrokerOptions, 'stepMs'> = {},
): Promise<BrokerFixture> {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-broker-'));
  mkdirSync(join(directory, 'leaders'));
  const machine = await FakeMachine.listen(join(directory, 'rootd'), join(directory, 'leaders'));
  const fixture = new BrokerFixture(directory, machine, options.stepMs);
  context.after(async () => {
    await fixture.running?.close();
    machine.close();
    rmSync(directory, { recursive: true });
  });
  await fixture.startBroker();
  return fixture;
}
