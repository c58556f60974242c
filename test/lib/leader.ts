/** Real leaders, started by a real rootd, and clients that speak to them as root or as the broker. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import {
  CLOSE_POLICIES,
  fromLeader,
  LEADER_PROTOCOL_VERSION,
  MAX_ROOT_FRAME,
  PATHS,
  SESSION_KEY_BYTES,
  toLeader,
} from '../../src/protocol/broker-leader.ts';
import { decode, encode, type MessageOf } from '../../src/protocol/codec.ts';
import { FrameStream } from '../../src/protocol/frame.ts';
import type { ConversationId } from '../../src/protocol/ids.ts';
import { sealAnswer } from '../../src/protocol/seal-answer.ts';
import { importHostKey, refuseKey } from '../../src/protocol/verify-key.ts';
import { Viewer } from './viewer.ts';

export type LeaderMessage = MessageOf<typeof fromLeader>;
type Named<N extends LeaderMessage['name']> = Extract<LeaderMessage, { name: N }>;

export const CONFIGURATION = PATHS.configuration;
/** Users execute session-host, and the clone may lie where only root may enter. */
const bin = '/usr/local/lib/vestibule-test';

function idOf(database: 'passwd' | 'group', name: string): number {
  return Number(execFileSync('getent', [database, name], { encoding: 'utf8' }).split(':')[2]);
}

function makeDirectory(path: string, uid: number, gid: number, mode: number): void {
  mkdirSync(path, { recursive: true });
  chownSync(path, uid, gid);
  chmodSync(path, mode);
}

function makeKeys(): void {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const [secret, open] = [
    privateKey.export({ format: 'jwk' }),
    publicKey.export({ format: 'jwk' }),
  ];
  const raw = (text: string | undefined): Buffer => Buffer.from(text!, 'base64url');
  writeFileSync(PATHS.hostSecretKey, Buffer.concat([raw(secret.d), raw(open.x)]), { mode: 0o600 });
  writeFileSync(PATHS.hostPublicKey, raw(open.x), { mode: 0o644 });
  writeFileSync(PATHS.grantKey, randomBytes(32), { mode: 0o600 });
}

/** What supervise makes before it starts rootd. */
export function prepareMachine(): void {
  for (const name of ['vestibule', 'vestibule-web']) {
    if (spawnSync('id', [name]).status !== 0) execFileSync('useradd', ['-r', '-U', '-M', name]);
  }
  const [broker, web] = [idOf('group', 'vestibule'), idOf('group', 'vestibule-web')];
  makeDirectory(PATHS.run, 0, 0, 0o711);
  makeDirectory(`${PATHS.run}/rootd`, 0, broker, 0o750);
  makeDirectory(PATHS.leaders, 0, broker, 0o750);
  makeDirectory(PATHS.sessions, 0, 0, 0o711);
  makeDirectory(`${PATHS.run}/broker`, 0, web, 0o750);
  makeDirectory(`${PATHS.state}/root`, 0, 0, 0o700);
  makeKeys();
  for (const path of ['/run/utmp', '/var/log/wtmp']) writeFileSync(path, '', { flag: 'a' });
  mkdirSync('/etc/vestibule', { recursive: true });
  rmSync(CONFIGURATION, { force: true });
}

/** The whole configuration, as KEY=VALUE lines. */
export function configure(lines: readonly string[]): void {
  writeFileSync(CONFIGURATION, `${lines.join('\n')}\n`, { mode: 0o644 });
}

/** A PAM profile of the tests. %FAKE% stands for the fake module's path (test/fakes/pam_fake.c). */
export function makeProfile(name: string, lines: readonly string[]): void {
  const fake = `${process.cwd()}/build/test-c/pam_fake.so`;
  writeFileSync(`/etc/pam.d/${name}`, `${lines.join('\n')}\n`.replaceAll('%FAKE%', fake));
}

const rootds: ChildProcess[] = [];
let log = '';
const logGrew = new EventEmitter();
const sockets: Socket[] = [];

function installPrograms(): void {
  mkdirSync(bin, { recursive: true });
  for (const name of ['vestibule-rootd', 'vestibule-leader', 'vestibule-session-host'])
    copyFileSync(`${process.env.VESTIBULE_BIN ?? 'build/bin'}/${name}`, `${bin}/${name}`);
}

/** through: a program that runs it. */
export async function startRootd(...through: readonly string[]): Promise<ChildProcess> {
  if (rootds.length === 0) installPrograms();
  const server = createServer();
  server.listen(`${PATHS.rootd}.new`);
  await once(server, 'listening');
  // Closing our copy removes the name it was bound to: not this one.
  renameSync(`${PATHS.rootd}.new`, PATHS.rootd);
  chownSync(PATHS.rootd, 0, idOf('group', 'vestibule'));
  chmodSync(PATHS.rootd, 0o660);
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
  const [program, ...args] = [...through, `${bin}/vestibule-rootd`];
  const rootd = spawn(program!, args, {
    stdio: ['ignore', 'ignore', 'pipe', fd],
    env: {},
  });
  rootds.push(rootd);
  rootd.stderr!.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    logGrew.emit('text');
  });
  server.close();
  await once(rootd, 'spawn');
  return rootd;
}

/** And no connection is left that would keep a failed test's file alive. */
export function stopRootd(): void {
  for (const rootd of rootds) {
    rootd.kill('SIGKILL');
    rootd.stderr!.destroy();
  }
  for (const socket of sockets) socket.destroy();
}

/** All that rootd, leaders and watches wrote to stderr so far. */
export function readLog(): string {
  return log;
}

/** Waits until the log has it, behind its first `from` characters. */
export async function logged(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
  for (;;) {
    const match = pattern.exec(log.slice(from));
    if (match !== null) return match;
    await once(logGrew, 'text');
  }
}

/** SO_PEERCRED is that of the connect call, so for its length this process is the other user. */
function connectAs(path: string, user: 'root' | 'broker' | number): Socket {
  if (user === 'root') return connect(path);
  const [uid, gid] =
    user === 'broker' ? [idOf('passwd', 'vestibule'), idOf('group', 'vestibule')] : [user, user];
  process.setegid!(gid);
  process.seteuid!(uid);
  try {
    return connect(path);
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
  }
}

export interface OpenWish {
  readonly user: string;
  readonly pamSession?: string;
  readonly service?: string;
  readonly grant?: Uint8Array;
  readonly rhost?: string;
  readonly attached?: boolean;
  /** A terminal for its first session, made before PAM. */
  readonly pty?: boolean;
  readonly close?: (typeof CLOSE_POLICIES)[number];
}

export interface SpawnWish {
  readonly session?: string;
  readonly grant?: Uint8Array;
  readonly pty?: boolean;
  readonly argv?: readonly string[];
  readonly environment?: readonly string[];
  readonly key?: Uint8Array;
  readonly scrollback?: number;
}

/** For a PAM session or a session. */
export const newId = (): string => randomBytes(16).toString('hex');

/** One connection to one leader. */
export class Client {
  readonly socket: Socket;
  readonly as: 'root' | 'broker' | number;
  readonly frames: FrameStream;
  readonly conversation = randomBytes(16).toString('hex') as ConversationId;
  pamSession = newId();
  /** That of its first program. */
  session = newId();
  readonly sessionKey = randomBytes(SESSION_KEY_BYTES);
  user = '';
  pty = false;
  grant: Uint8Array = new Uint8Array();
  leaderKey: Named<'key'> | undefined;
  /** PAM's texts so far. */
  readonly texts: string[] = [];
  state: Named<'hello'> | undefined;

  constructor(socket: Socket, as: 'root' | 'broker' | number) {
    this.socket = socket;
    this.as = as;
    this.frames = new FrameStream(socket, MAX_ROOT_FRAME);
    socket.on('error', () => {});
    sockets.push(socket);
  }

  static connect(as: 'root' | 'broker' | number = 'root', path: string = PATHS.rootd): Client {
    return new Client(connectAs(path, as), as);
  }

  /** Connected and greeted. */
  static async greet(as: 'root' | 'broker' = 'root', path: string = PATHS.rootd): Promise<Client> {
    const client = Client.connect(as, path);
    client.send({ name: 'hello', version: LEADER_PROTOCOL_VERSION });
    client.state = await client.expect('hello');
    client.pamSession = client.state.pamSession || client.pamSession;
    client.session = client.state.sessions[0] ?? client.session;
    return client;
  }

  /** To the leader of a PAM session that is open. */
  static adopt(pamSession: string, as: 'root' | 'broker' = 'broker'): Promise<Client> {
    return Client.greet(as, `${PATHS.leaders}/${pamSession}`);
  }

  send(message: MessageOf<typeof toLeader>): void {
    this.frames.send(encode(toLeader, message));
  }

  /** Null when the leader has gone. */
  async next(): Promise<LeaderMessage | null> {
    let frame: Buffer | null;
    try {
      frame = await this.frames.next();
    } catch {
      return null;
    }
    return frame === null ? null : decode(fromLeader, frame);
  }

  /** Texts that need no answer are collected on the way. */
  async expect<N extends LeaderMessage['name']>(name: N): Promise<Named<N>> {
    for (;;) {
      const message = await this.next();
      if (message?.name === name) return message as Named<N>;
      if (message?.name === 'prompt' && message.styles.every((style) => style > 2)) {
        this.texts.push(...message.texts);
        continue;
      }
      const came =
        message === null
          ? 'the end'
          : JSON.stringify(message, (_, v) => (typeof v === 'bigint' ? `${v}` : v));
      throw new Error(
        `wanted ${name}, came ${came}\n${readLog().split('\n').slice(-15).join('\n')}`,
      );
    }
  }

  async expectEnd(): Promise<void> {
    const message = await this.next();
    if (message !== null) throw new Error(`wanted the end, came ${JSON.stringify(message.name)}`);
  }

  /** Takes the key, after the page's own check of its signature. */
  async takeKey(): Promise<void> {
    this.checkKey(await this.expect('key'));
  }

  private checkKey(key: Named<'key'>): void {
    this.leaderKey = key;
    const host = importHostKey(readFileSync(PATHS.hostPublicKey));
    const refusal = refuseKey(host, this.conversation, this.leaderKey);
    if (refusal !== null) throw new Error(`the leader's key is refused: ${refusal}`);
  }

  authenticate(user: string, service = 'vestibule', rhost = '192.0.2.7'): void {
    this.user = user;
    const conversation = Buffer.from(this.conversation, 'hex');
    this.send({ name: 'authenticate', conversation, service, user, rhost });
  }

  open(wish: OpenWish): void {
    this.user = wish.user;
    this.pamSession = wish.pamSession ?? this.pamSession;
    this.grant = wish.grant ?? this.grant;
    this.pty = wish.pty === true;
    this.send({
      name: 'open',
      pamSession: this.pamSession,
      conversation: Buffer.from(this.conversation, 'hex'),
      service: wish.service ?? 'su',
      user: wish.user,
      grant: this.grant,
      rhost: wish.rhost ?? '192.0.2.7',
      label: 'a test',
      attached: wish.attached === true ? 1 : 0,
      close: CLOSE_POLICIES.indexOf(wish.close ?? 'last-program'),
      terminal: this.pty ? this.session : '',
    });
  }

  /** The login shell; with a program or variables of its own it is `run`, which only root may ask for. */
  spawn(wish: SpawnWish = {}): void {
    const { argv, environment = [], key = this.sessionKey, scrollback = 1_048_576 } = wish;
    const { session = this.session, grant = this.grant } = wish;
    const pty = (wish.pty ?? this.pty) ? 1 : 0;
    const program = { session, pty, rows: 24, columns: 80, key, lossless: 0, scrollback };
    if (argv !== undefined || environment.length > 0) {
      this.send({ name: 'run', ...program, argv: argv ?? [], environment });
    } else this.send({ name: 'spawn', ...program, grant });
  }

  /** What the broker may not ask for: root does, over a connection of its own. We hear of it all the same. */
  async letRootSpawn(wish: SpawnWish): Promise<void> {
    const root = await Client.adopt(this.pamSession, 'root');
    root.spawn({ session: this.session, key: this.sessionKey, pty: this.pty, ...wish });
    await this.expect('spawned');
  }

  seal(
    text: string,
    prompt: number,
    change: Partial<Parameters<typeof sealAnswer>[0]> = {},
  ): Uint8Array {
    const { conversation, user } = this;
    const expires = Number(this.leaderKey!.expires);
    const secret = new TextEncoder().encode(text);
    return sealAnswer(
      { conversation, prompt, expires, user, secret, ...change },
      this.leaderKey!.public,
    );
  }

  /** Waits for a prompt that asks, answers its items in order, and says what the items were. */
  async answer(...answers: readonly string[]): Promise<readonly string[]> {
    const prompt = await this.expectPrompt();
    this.reply(prompt, ...answers);
    return prompt.texts;
  }

  async expectPrompt(): Promise<Named<'prompt'>> {
    const prompt = await this.nextQuestion();
    if (prompt === null) throw new Error('wanted prompt, came opened');
    return prompt;
  }

  /** While a session opens each has a key of its own, which comes before it; null: the session is open. */
  async nextQuestion(): Promise<Named<'prompt'> | null> {
    for (;;) {
      const message = await this.next();
      if (message?.name === 'opened') return null;
      if (message?.name === 'key') {
        this.checkKey(message);
        continue;
      }
      if (message?.name !== 'prompt') {
        throw new Error(
          `wanted prompt, came ${message?.name}\n${readLog().split('\n').slice(-15).join('\n')}`,
        );
      }
      message.texts.forEach((text, i) => {
        if (message.styles[i]! > 2) this.texts.push(text);
      });
      if (message.styles.some((style) => style <= 2)) return message;
    }
  }

  reply(prompt: Named<'prompt'>, ...answers: readonly string[]): void {
    const asking = [...prompt.styles.keys()].filter((i) => prompt.styles[i]! <= 2);
    const sealed = answers.map((text, i) => this.seal(text, prompt.first + (asking[i] ?? 0)));
    this.send({ name: 'answer', first: prompt.first, sealed });
  }

  /** Asks for the end of the PAM session; the program's wait status, null when none was told. */
  async end(): Promise<number | null> {
    this.send({ name: 'close' });
    return await this.expectClosed();
  }

  async expectClosed(): Promise<number | null> {
    let status: number | null = null;
    for (;;) {
      const message = await this.next();
      if (message?.name === 'closed') {
        if (this.as === 'broker') {
          this.send({ name: 'noted', session: '' });
          await this.expectEnd(); // only then its socket is gone
        }
        return status;
      }
      if (message?.name !== 'exited')
        throw new Error(`wanted exited or closed, came ${message?.name}`);
      status = message.status;
    }
  }

  async view(): Promise<Viewer> {
    const socket = connect(`${PATHS.sessions}/${this.session}/s`);
    sockets.push(socket);
    await once(socket, 'connect');
    const viewer = new Viewer(socket);
    viewer.join(this.sessionKey, {});
    const hello = await viewer.next();
    if (hello?.name !== 'hello')
      throw new Error(`wanted hello of session-host, came ${hello?.name}`);
    viewer.offset = hello.from;
    return viewer;
  }
}

/** The grant of a user who has signed in with a password. */
export async function signIn(
  user: string,
  password: string,
  service = 'vestibule',
): Promise<Named<'authenticated'>> {
  const client = await Client.greet('broker');
  client.authenticate(user, service);
  await client.takeKey();
  await client.answer(password);
  const authenticated = await client.expect('authenticated');
  await client.expectEnd();
  return authenticated;
}

/** A session of root's, open. */
export async function openSession(wish: OpenWish): Promise<Client> {
  const client = await Client.greet('root');
  client.open(wish);
  await client.expect('opened');
  return client;
}

/** Runs `sh -c script` in a session of its own, ends with it; its output and wait status. */
export async function runScript(
  script: string,
  wish: OpenWish,
  environment: readonly string[] = [],
): Promise<[string, number]> {
  const client = await openSession(wish);
  client.spawn({ argv: ['/bin/sh', '-c', `read -r go; ${script}`], environment });
  await client.expect('spawned');
  const viewer = await client.view();
  viewer.type('\n');
  await viewer.rest();
  const { status } = await client.expect('exited');
  await client.expect('closed');
  return [viewer.text + viewer.errors, status];
}
