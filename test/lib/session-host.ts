/** A session-host with a fake leader (test/fakes/host-launcher.c) and viewers that read only when asked. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { after } from 'node:test';
import { LEADER_PROTOCOL_VERSION, MAX_ROOT_FRAME } from '../../src/protocol/broker-leader.ts';
import { decode, encode, type MessageOf } from '../../src/protocol/codec.ts';
import { FrameStream } from '../../src/protocol/frame.ts';
import { fromHost, toHost } from '../../src/protocol/leader-host.ts';
import { type JoinOptions, Viewer } from './viewer.ts';

const program = process.env.VESTIBULE_SESSION_HOST ?? 'build/bin/vestibule-session-host';
export const USER_UID = 61_010;
export const WEB_UID = 61_011;

export interface HostOptions {
  readonly argv: readonly string[];
  readonly program?: string;
  readonly pty?: boolean;
  readonly lossless?: boolean;
  readonly scrollback?: number;
  readonly home?: string;
  readonly uid?: number;
  /** How long its home directory and program may take to answer. */
  readonly seconds?: number;
  /** RLIMIT_NPROC */
  readonly processes?: number;
  /** A command to start it under. */
  readonly under?: readonly string[];
}

/** Those that a failed test left behind. */
const running = new Set<ChildProcess>();
after(() => {
  for (const child of running) child.kill('SIGKILL');
});

export type HostMessage = MessageOf<typeof fromHost>;

/** Not Duplex.from: it loses what is unread when both pipes close at once. */
function joinPipes({ stdin, stdout }: ChildProcess): Duplex {
  stdin!.on('error', () => {}); // it ended first
  const duplex = new Duplex({
    read: () => stdout!.resume(),
    write: (chunk, _encoding, done) => stdin!.write(chunk, () => done()),
    final: (done) => stdin!.end(() => done()),
  });
  stdout!.on('data', (chunk) => duplex.push(chunk)).on('end', () => duplex.push(null));
  return duplex;
}

export class Host {
  readonly child: ChildProcess;
  readonly path: string;
  readonly leader: FrameStream;
  /** Exit status, or the signal's name. */
  readonly end: Promise<number | string>;
  key = randomBytes(32);
  log = '';

  constructor(options: HostOptions) {
    const directory = mkdtempSync(join(tmpdir(), 'host-'));
    chmodSync(directory, 0o755);
    this.path = join(directory, 's');
    const mode = options.pty === false ? 'pipes' : 'pty';
    const [command, ...args] = [
      ...(options.under ?? []),
      'build/test-c/host-launcher',
      ...[program, this.path, mode, String(options.uid ?? USER_UID)],
      ...(options.processes === undefined ? [] : [String(options.processes)]),
    ];
    this.child = spawn(command!, args);
    running.add(this.child);
    this.child.once('exit', () => running.delete(this.child));
    this.child.stderr!.on('data', (text) => {
      this.log += text;
    });
    this.end = once(this.child, 'exit').then(([status, signal]) => status ?? signal);
    this.leader = new FrameStream(joinPipes(this.child), MAX_ROOT_FRAME);
  }

  /** What the leader hears next; null when session-host has ended. */
  async hear(): Promise<HostMessage | null> {
    const frame = await this.leader.next();
    return frame === null ? null : decode(fromHost, frame);
  }

  /** The program's end, which must come next. */
  async hearEnd(): Promise<{ status: number; words: string }> {
    const message = await this.hear();
    if (message?.name !== 'exited') throw new Error(`wanted exited, got ${message?.name}`);
    return { status: message.status, words: Buffer.from(message.words).toString() };
  }

  tell(message: MessageOf<typeof toHost>): void {
    this.leader.send(encode(toHost, message));
  }

  start(options: HostOptions): void {
    this.tell({
      name: 'start',
      version: LEADER_PROTOCOL_VERSION,
      pamSessions: 1,
      pty: options.pty === false ? 0 : 1,
      lossless: options.lossless === true ? 1 : 0,
      scrollback: options.scrollback ?? 1_048_576,
      webUid: WEB_UID,
      seconds: options.seconds ?? 30,
      rows: 24,
      columns: 80,
      key: this.key,
      home: options.home ?? '/',
      program: options.program ?? options.argv[0]!,
      argv: options.argv,
      environment: ['PATH=/usr/bin:/bin', 'TERM=dumb', 'LANG=C.UTF-8'],
    });
  }

  async connect(): Promise<Viewer> {
    const socket = connect(this.path);
    await once(socket, 'connect');
    return new Viewer(socket);
  }

  /** Connects and joins. */
  async view(options: JoinOptions = {}): Promise<Viewer> {
    const viewer = await this.connect();
    viewer.join(options.key ?? this.key, options);
    const hello = await viewer.next();
    if (hello?.name !== 'hello') throw new Error(`wanted hello, got ${hello?.name ?? 'the end'}`);
    viewer.offset = hello.from;
    viewer.taken = hello.taken;
    viewer.size = `${hello.rows} ${hello.columns}`;
    return viewer;
  }

  /** Resolves when the log has this text. */
  async logged(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.log)) await once(this.child.stderr!, 'data');
  }
}

/** A started host; `started` has come. */
export async function startHost(options: HostOptions): Promise<Host & { program: number }> {
  const host = new Host(options);
  host.start(options);
  const message = await host.hear();
  if (message?.name !== 'started')
    throw new Error(`wanted started, got ${message?.name}: ${host.log}`);
  return Object.assign(host, { program: message.pid });
}

/** Runs `sh -c script` in a host. */
export function startShell(
  script: string,
  options: Omit<HostOptions, 'argv'> = {},
): Promise<Host & { program: number }> {
  return startHost({ ...options, argv: ['/bin/sh', '-c', script] });
}
