/**
 * rootd and its leaders for tests of the broker, speaking the real frames on Unix sockets: each connection to the rootd
 * socket is a fresh leader, an open session listens in the leaders directory. The user name decides what happens:
 * see LOGINS and OPENINGS. A sealed answer is right when its first byte is 1.
 *
 * A class for tests that give it orders; as a program `node fake-leader.ts ROOTD_SOCKET LEADERS_DIRECTORY`.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import {
  CLOSE_POLICIES,
  fromLeader,
  LEADER_PHASES,
  LEADER_PROTOCOL_VERSION,
  LEADER_STAGES,
  MAX_ROOT_FRAME,
  PROGRAM_STATES,
  PROMPT_STYLES,
  toLeader,
} from '../../src/protocol/broker-leader.ts';
import { decode, encode, type MessageOf } from '../../src/protocol/codec.ts';
import { FrameStream } from '../../src/protocol/frame.ts';
import { Mailbox } from './mailbox.ts';

type To = MessageOf<typeof toLeader>;
type From = MessageOf<typeof fromLeader>;
type ClosePolicy = (typeof CLOSE_POLICIES)[number];
type Phase = (typeof LEADER_PHASES)[number];
type ProgramState = (typeof PROGRAM_STATES)[number];
type Stage = (typeof LEADER_STAGES)[number];

const HOUR = 3_600_000;
/** As long as a frame's string may be. */
const TALK = '\u0001'.repeat(65_000);
const PAM_SYSTEM_ERR = 4;
const PAM_AUTH_ERR = 7;
const PAM_USER_UNKNOWN = 10;
const PAM_AUTHINFO_UNAVAIL = 9;
const PAM_PERM_DENIED = 6;
const PAM_ACCT_EXPIRED = 13;

/** What the login profile does with a user's answer. Everybody else: one password, right or wrong. */
const LOGINS: Record<string, (leader: FakeLeader) => void> = {
  /** A second round. */
  code: (leader) => leader.prompt(['info', 'A code was sent.'], ['shown', 'Code: ']),
  expired: (leader) => {
    leader.prompt(['error', 'Your account has expired.']);
    leader.fail('account', PAM_AUTH_ERR, 'pam_acct_mgmt: authentication failure');
  },
  minor: (leader) => leader.fail('policy', 0, 'uid 33 is below 1000'),
  ldap: (leader) => leader.fail('authenticate', PAM_AUTHINFO_UNAVAIL, 'no server answers'),
  exec: (leader) => leader.fail('authenticate', PAM_SYSTEM_ERR, 'its program said no'),
  crash: (leader) => leader.die(),
  /** Says what to confirm, and lets itself be told what came of it. */
  push: (leader) => leader.prompt(['info', 'enter 42']),
  /** Longer than it may, and is killed. */
  silent: (leader) => leader.die(),
  /** Never comes to a decision. */
  undecided: () => {},
  /** Without end, and then asks at length. */
  talks: (leader) => {
    leader.talk();
    leader.prompt(['shown', TALK]);
  },
};

/** What the session profile does. Everybody else: the session opens. */
const OPENINGS: Record<string, (leader: FakeLeader) => void> = {
  denied: (leader) => {
    leader.prompt(['error', 'Too many logins for denied.']);
    leader.fail('session', PAM_PERM_DENIED, 'pam_open_session: permission denied');
  },
  lapsed: (leader) => leader.fail('account', PAM_ACCT_EXPIRED, 'pam_acct_mgmt: expired'),
  asks: (leader) => leader.question(['hidden', 'Password: ']),
  /** Twice, with a text before it. */
  'asks-twice': (leader) => leader.question(['info', 'Two disks.'], ['shown', 'Which disk? ']),
  /** Says something, and asks when it is told to. */
  speaks: (leader) => leader.prompt(['info', 'Looking for your disk.']),
  slow: () => {},
  'talks-at-home': (leader) => {
    leader.talk();
    void leader.finishOpening();
  },
  dies: (leader) => leader.die(),
};

/** What a leader that the broker finds holds. */
export interface FoundLeader {
  readonly pamSession: string;
  readonly user: string;
  readonly attached?: number;
  readonly closePolicy?: ClosePolicy;
  /** Default: none if it is closed when asked, as home sessions are. */
  readonly label?: string;
  /** Runs in it; none: no program does. */
  readonly session?: string;
  readonly phase?: Phase;
  /** The name of its socket: its PAM session's, unless it lies. */
  readonly listenAs?: string;
}

export class FakeLeader {
  readonly received = new Mailbox<To>();
  phase: Phase = 'fresh';
  pamSession = '';
  user = '';
  label = '';
  attached = 0;
  closePolicy: ClosePolicy = 'asked';
  /** The session whose terminal was made before PAM; '': none. */
  terminal = '';
  /** Answers no frame any more. */
  silent = false;
  /** Its hello comes only then; null: at once. */
  greetsAfter: Promise<void> | null = null;
  /** By session: what runs, and its wait status. */
  readonly programs = new Map<string, { state: ProgramState; status: number }>();
  private readonly machine: FakeMachine;
  private readonly connections = new Set<FrameStream>();
  private server: Server | null = null;
  private whenAlone: () => void = () => {};
  private prompted = 0;
  private openedAt = 0;

  constructor(machine: FakeMachine) {
    this.machine = machine;
  }

  toJSON(): object {
    return { user: this.user, pamSession: this.pamSession, phase: this.phase };
  }

  accept(socket: Socket): void {
    const frames = new FrameStream(socket, MAX_ROOT_FRAME);
    this.connections.add(frames);
    frames.listen({
      frame: (payload) => this.take(frames, decode(toLeader, payload)),
      close: () => {
        this.connections.delete(frames);
        if (this.connections.size === 0) this.whenAlone();
        if (['fresh', 'authenticating', 'opening'].includes(this.phase)) this.machine.forget(this);
      },
    });
  }

  prompt(...items: readonly (readonly [keyof typeof PROMPT_STYLES, string])[]): void {
    const first = this.prompted;
    this.prompted += items.length;
    this.tell({
      name: 'prompt',
      first,
      styles: Uint8Array.from(items, ([style]) => PROMPT_STYLES[style]),
      texts: items.map(([, text]) => text),
    });
  }

  /** While it opens: each has a key of its own. */
  question(...items: readonly (readonly [keyof typeof PROMPT_STYLES, string])[]): void {
    this.offerKey();
    this.prompt(...items);
  }

  fail(stage: Stage, code: number, text: string): void {
    this.failed('', stage, code, text);
    if (this.server === null) this.leave();
  }

  /** A program exits, and the PAM session is closed with it if its close policy says so. session: the only one. */
  exit(status: number, session = this.onlySession()): void {
    this.stop(status, session);
    if (this.closePolicy === 'last-program' && !this.hasRunning()) this.close();
    else this.tell({ name: 'ended', session });
  }

  private stop(status: number, session: string): void {
    this.programs.set(session, { state: 'ended', status });
    this.tell({ name: 'exited', session, status, words: new Uint8Array() });
  }

  private onlySession(): string {
    const [session, ...others] = this.programs.keys();
    if (session === undefined || others.length > 0)
      throw new Error(`wanted a leader of one session, got ${this.programs.size}`);
    return session;
  }

  private hasRunning(): boolean {
    return [...this.programs.values()].some(({ state }) => state === 'running');
  }

  failed(session: string, stage: Stage, code: number, text: string): void {
    this.tell({ name: 'failed', session, stage: LEADER_STAGES.indexOf(stage), code, text });
  }

  private end(session: string): void {
    if (this.programs.get(session)?.state === 'running') this.exit(1, session);
  }

  /** Ends what runs and closes the PAM session. As the real one it stays until a broker says that it has noted that. */
  close(): void {
    for (const [session, { state }] of this.programs)
      if (state === 'running') this.stop(1, session);
    this.phase = 'closed';
    this.tell({ name: 'closed' });
  }

  private note(session: string): void {
    if (session !== '') {
      if (this.programs.get(session)?.state === 'ended') this.programs.delete(session);
    } else if (this.phase === 'closed') this.leave();
  }

  /** As killed by SIGKILL; the watch then removes the socket. */
  die(): void {
    for (const connection of this.connections) connection.destroy();
    this.leave();
  }

  dropConnections(): void {
    for (const connection of this.connections) connection.destroy();
  }

  /** For a leader that nobody asked rootd for: root's `run`, or one whose broker is gone. */
  async openAs(found: FoundLeader): Promise<void> {
    const { pamSession, user, session, phase = 'open', listenAs = pamSession } = found;
    const { attached = 0, closePolicy = 'last-program' } = found;
    Object.assign(this, { pamSession, user, attached, closePolicy, phase });
    this.label = found.label ?? (closePolicy === 'asked' ? '' : `run of ${user}`);
    if (session !== undefined) this.run(session);
    await this.listen(listenAs);
  }

  /** Resolves when nobody is connected. */
  alone(): Promise<void> {
    if (this.connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.whenAlone = resolve;
    });
  }

  /** Lets a 'slow' opening go on. */
  async finishOpening(): Promise<void> {
    this.phase = 'open';
    this.openedAt = Date.now();
    await this.listen();
    this.tell({ name: 'opened' });
  }

  private take(frames: FrameStream, message: To): void {
    this.received.put(message);
    if (this.silent) return;
    switch (message.name) {
      case 'hello': {
        const greet = () => frames.send(encode(fromLeader, this.hello()));
        if (this.greetsAfter === null) greet();
        else void this.greetsAfter.then(greet);
        return;
      }
      case 'authenticate':
        if (message.user === 'unfit') {
          this.fail('policy', PAM_USER_UNKNOWN, 'invalid user name');
          return;
        }
        this.begin(message.user);
        this.prompt(['hidden', 'Password: ']);
        return;
      case 'answer':
        this.judge(message.sealed);
        return;
      case 'cancel':
        this.fail('authenticate', PAM_AUTH_ERR, 'pam_authenticate: authentication failure');
        return;
      case 'check':
        Object.assign(this, { phase: 'authenticating', user: message.user });
        this.check(message.grant);
        return;
      case 'open':
        Object.assign(this, {
          phase: 'opening',
          user: message.user,
          pamSession: message.pamSession,
          label: message.label,
          attached: message.attached,
          closePolicy: CLOSE_POLICIES[message.close],
          terminal: message.terminal,
        });
        this.machine.opening.put(this);
        if (!this.machine.hasGrant(message.grant)) {
          this.fail('grant', 0, 'the grant is not ours');
        } else if (OPENINGS[this.user]) OPENINGS[this.user]!(this);
        else void this.finishOpening();
        return;
      case 'spawn':
        if (!this.machine.hasGrant(message.grant)) {
          this.failed(message.session, 'grant', PAM_PERM_DENIED, 'the grant is not ours');
        } else if (this.user === 'nospawn') {
          this.failed(message.session, 'execute', 2, 'no such file: /bin/gone');
        } else this.spawn(message.session);
        return;
      case 'end':
        if (this.user !== 'hangs') this.end(message.session);
        return;
      case 'close':
        if (this.user !== 'hangs') this.close();
        return;
      case 'noted':
        this.note(message.session);
        return;
      case 'rotate':
        return;
    }
  }

  talk(): void {
    for (let i = 0; i < 20; i++) this.prompt(['error', TALK], ['info', `${i}`]);
  }

  /** The program of this session runs now. */
  spawn(session = this.terminal): void {
    this.run(session);
    this.tell({ name: 'spawned', session, pid: 4242, tty: this.attached ? '' : '/dev/pts/7' });
  }

  /** With the directory that its session-host would listen in. */
  private run(session: string): void {
    this.programs.set(session, { state: 'running', status: 0 });
    mkdirSync(join(this.machine.leadersDirectory, '..', 'sessions', session), { recursive: true });
  }

  private check(grant: Uint8Array): void {
    const refusal = this.machine.refusals.get(this.user);
    if (refusal === 'dies') this.die();
    else if (refusal === 'asks') this.prompt(['hidden', 'Again: ']);
    else if (!this.machine.hasGrant(grant)) {
      this.fail('grant', PAM_PERM_DENIED, 'the grant is not ours');
    } else if (refusal !== undefined) this.fail(...refusal, 'refused');
    else {
      this.tell({ name: 'checked' });
      this.leave();
    }
  }

  private begin(user: string): void {
    this.phase = 'authenticating';
    this.user = user;
    this.offerKey();
  }

  private offerKey(): void {
    this.tell({
      name: 'key',
      public: randomBytes(32),
      expires: BigInt(Date.now() + 600_000),
      signature: randomBytes(64),
      patience: this.user === 'silent' ? 0 : this.machine.patience,
    });
  }

  private judge(sealed: readonly Uint8Array[]): void {
    if (sealed.some((answer) => answer[0] !== 1)) {
      this.fail(
        this.phase === 'opening' ? 'session' : 'authenticate',
        PAM_AUTH_ERR,
        'pam_authenticate: authentication failure',
      );
      return;
    }
    if (this.phase === 'opening') {
      if (this.user === 'asks-twice' && this.prompted < 3) this.question(['hidden', 'Its key: ']);
      else void this.finishOpening();
      return;
    }
    const special = LOGINS[this.user];
    if (special && this.prompted < 2) special(this);
    else this.authenticated();
  }

  authenticated(): void {
    const grant = randomBytes(60);
    this.machine.grants.push(grant.toString('hex'));
    this.tell({
      name: 'authenticated',
      user: this.user.toLowerCase(),
      uid: this.machine.uid,
      grant,
      expires: BigInt(Date.now() + this.machine.grantMs),
    });
    this.leave();
  }

  private hello(): From {
    const programs = [...this.programs.values()];
    return {
      name: 'hello',
      version: LEADER_PROTOCOL_VERSION,
      pid: this.machine.pid,
      phase: LEADER_PHASES.indexOf(this.phase),
      pamSession: this.pamSession,
      user: this.user,
      uid: 61_000,
      service: 'su',
      label: this.label,
      attached: this.attached,
      close: CLOSE_POLICIES.indexOf(this.closePolicy),
      openedAt: BigInt(this.openedAt),
      sessions: [...this.programs.keys()],
      ttys: programs.map(() => (this.attached ? '' : '/dev/pts/7')),
      pids: programs.map(() => 4242),
      statuses: programs.map(({ status }) => status),
      states: Uint8Array.from(programs, ({ state }) => PROGRAM_STATES.indexOf(state)),
    };
  }

  private tell(message: From): void {
    for (const connection of this.connections) connection.send(encode(fromLeader, message));
  }

  private async listen(name = this.pamSession): Promise<void> {
    const path = join(this.machine.leadersDirectory, name);
    const server = createServer((socket) => this.accept(socket));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(path, resolve));
  }

  private leave(): void {
    this.machine.forget(this);
    this.server?.close();
    for (const connection of this.connections) connection.end();
  }
}

export class FakeMachine {
  /** Every leader that rootd started, and every one that was asked to open a session, for a test to take. */
  readonly started = new Mailbox<FakeLeader>();
  readonly opening = new Mailbox<FakeLeader>();
  readonly grants: string[] = [];
  grantMs = 168 * HOUR;
  /** Seconds that a person has for an answer. */
  patience = 120;
  /** What leaders say their process is: none, above the highest pid there can be. */
  pid = 4_194_305;
  /** Of everybody who signs in from now on. */
  uid = 61_000;
  /** What a check of these users leads to; the others are good. */
  readonly refusals = new Map<string, readonly [Stage, number] | 'dies' | 'asks'>();
  /** rootd's cap is reached: connections are closed. */
  full = false;
  readonly leadersDirectory: string;
  private readonly living = new Set<FakeLeader>();
  private readonly server: Server;

  private constructor(leadersDirectory: string) {
    this.leadersDirectory = leadersDirectory;
    this.server = createServer((socket) => {
      if (this.full) socket.destroy();
      else this.makeLeader().accept(socket);
    });
  }

  static async listen(rootd: string, leadersDirectory: string): Promise<FakeMachine> {
    const machine = new FakeMachine(leadersDirectory);
    await new Promise<void>((resolve) => machine.server.listen(rootd, resolve));
    return machine;
  }

  makeLeader(): FakeLeader {
    const leader = new FakeLeader(this);
    this.living.add(leader);
    this.started.put(leader);
    return leader;
  }

  hasGrant(grant: Uint8Array): boolean {
    return this.grants.includes(Buffer.from(grant).toString('hex'));
  }

  forget(leader: FakeLeader): void {
    this.living.delete(leader);
  }

  close(): void {
    for (const leader of this.living) leader.die();
    this.server.close();
  }
}

if (import.meta.main) {
  const [rootd, leaders] = process.argv.slice(2);
  if (!rootd || !leaders) throw new Error('usage: fake-leader.ts ROOTD_SOCKET LEADERS_DIRECTORY');
  rmSync(rootd, { force: true });
  await FakeMachine.listen(rootd, leaders);
  process.stdout.write('ready\n');
}
