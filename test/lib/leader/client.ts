/** A client of rootd and of leaders, as root or as the broker: it opens sessions, runs programs in them, ends them. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  CLOSE_POLICIES,
  LEADER_PROTOCOL_VERSION,
  PATHS,
  SESSION_KEY_BYTES,
} from '../../../src/protocol/broker-leader.ts';
import { Viewer } from '../viewer.ts';
import { connectAs, keepSocket, type Named, type Peer } from './connection.ts';
import { Conversation } from './conversation.ts';

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

export class Client extends Conversation {
  pamSession = newId();
  /** That of its first program. */
  session = newId();
  readonly sessionKey = randomBytes(SESSION_KEY_BYTES);
  pty = false;
  grant: Uint8Array = new Uint8Array();
  state: Named<'hello'> | undefined;

  static connect(as: Peer = 'root', path: string = PATHS.rootd): Client {
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
        throw new Error(`wanted exited or closed, got ${message?.name}`);
      status = message.status;
    }
  }

  async view(): Promise<Viewer> {
    const socket = keepSocket(connect(`${PATHS.sessions}/${this.session}/s`));
    await once(socket, 'connect');
    const viewer = new Viewer(socket);
    viewer.join(this.sessionKey, {});
    const hello = await viewer.next();
    if (hello?.name !== 'hello')
      throw new Error(`wanted hello of session-host, got ${hello?.name}`);
    viewer.offset = hello.from;
    return viewer;
  }
}
