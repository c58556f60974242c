/** The connection to the session: messages both ways, the position in the output, and reconnecting. */
import { CodecError, decode, encode, type MessageOf } from '../../protocol/codec.ts';
import {
  fromSession,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../protocol/gateway-session.ts';
import { ENDED_BY, type EndedBy } from '../../protocol/page-gateway.ts';
import { writeHello } from '../../protocol/socket-hello.ts';
import { ReconnectingSocket, type SocketState, watchNetwork } from '../reconnecting-socket.ts';
import { decideAfterClose, type Ending } from './after-close.ts';
import { Keyboard } from './keyboard.ts';
import { Liveness } from './liveness.ts';
import { OutputPosition } from './output-position.ts';
import { OutputWriter } from './output-writer.ts';
import type { Screen, Size } from './screen.ts';

/** As the page shows it. lost: from a failure until the next hello. */
export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'catchingUp' | Ending;
export interface ConnectionOptions {
  /** Without a query. */
  readonly url: string;
  readonly screen: Screen;
  /** This tab has just been to the home origin for a pass. */
  readonly entered: boolean;
  readonly onState: (state: ConnectionState) => void;
  /** bytes: of typed input that wait for the connection. full: the last ones were dropped. */
  readonly onWaiting: (bytes: number, full: boolean) => void;
  /** What was typed may or may not have reached the program. */
  readonly onDoubt: () => void;
  readonly onJobs: (running: boolean) => void;
  /** wait(2) status; again when it is known that somebody had the session ended. */
  readonly onExit: (status: number, endedBy: EndedBy | null) => void;
}

/** Bytes of unacknowledged input. More means that the program does not read, not that the connection is dead. */
const MUCH_PENDING = 32_768;
/** The same in all connections of this page. */
const viewer = crypto.getRandomValues(new BigUint64Array(1))[0]!;

export class Connection {
  private readonly options: ConnectionOptions;
  private readonly position = new OutputPosition();
  private readonly socket: ReconnectingSocket;
  private readonly keyboard: Keyboard;
  private readonly liveness: Liveness;
  /** The size in the last hello. */
  private asked: Size = { rows: 0, columns: 0 };
  /** The snapshot of the screen at the start of the output, as far as it has been received. */
  private past: Size & { readonly pieces: Uint8Array[] } = { rows: 0, columns: 0, pieces: [] };
  /** Bytes that this page has not had and will not get, up to there; 0 once it shows that screen instead of them. */
  private lost = 0n;
  private joined = false;
  private connected = false;
  /** wait(2) status */
  private exit: number | null = null;
  /** Disconnected because output came faster than the screen could show it. */
  private behind = false;
  readonly writer: OutputWriter;

  constructor(options: ConnectionOptions) {
    this.options = options;
    const { url, screen, onState, onWaiting, onDoubt } = options;
    const send = (frame: Uint8Array): void => this.send(frame);
    this.keyboard = new Keyboard({ send, onWaiting, onDoubt });
    this.liveness = new Liveness({
      ask: () => this.socket.send(encode(toSession, { name: 'check' })),
      dead: () => this.socket.renew(),
    });
    this.writer = new OutputWriter({
      write: (data, done) => screen.terminal.write(data, done),
      // Disconnect, and reconnect later: the session-host then sends what its scroll-back still holds.
      onBehind: () => {
        this.behind = true;
        this.socket.close();
        onState('catchingUp');
      },
      onCaughtUp: () => this.socket.resume(),
    });
    this.socket = new ReconnectingSocket({
      url: () => url + this.hello(),
      onMessage: (data) => this.receive(data as ArrayBuffer),
      onClose: (code, _, reason) => this.closed(code, reason),
      onState: (state) => this.enter(state),
    });
    watchNetwork(this.socket);
    document.addEventListener('visibilitychange', () => {
      if (this.connected && document.visibilityState === 'visible') this.liveness.ask();
    });
  }

  /** Reconnects now, even while an attempt is under way. */
  tryNow = (): void => this.socket.renew();

  type(data: Uint8Array): void {
    this.keyboard.type(data);
  }

  resize({ rows, columns }: Size): void {
    if (this.connected) this.send(encode(toSession, { name: 'resize', rows, columns }));
  }

  private send(frame: Uint8Array): void {
    this.socket.send(frame);
    // Behind a long paste that the program does not read, a check would wait, too.
    if (this.keyboard.pending < MUCH_PENDING) this.liveness.said();
  }

  private hello(): string {
    this.asked = this.ownSize();
    // Where a screen was cut, the session-host sends it again only to who still lacks what was before it.
    return writeHello({ viewer, from: this.position.received - this.lost, ...this.asked });
  }

  /** A hidden window that reconnects must not take the size from the window in use. */
  private ownSize(): Size {
    const hidden = this.joined && document.visibilityState !== 'visible';
    return hidden ? { rows: 0, columns: 0 } : this.options.screen.own;
  }

  private receive(data: ArrayBuffer): void {
    this.liveness.heard();
    try {
      this.take(decode(fromSession, new Uint8Array(data)));
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.end('broken');
    }
  }

  private take(message: MessageOf<typeof fromSession>): void {
    const { screen, onExit, onJobs } = this.options;
    switch (message.name) {
      case 'hello':
        this.join(message);
        break;
      case 'output':
      case 'errors':
        this.writer.write(this.position.received, message.data);
        this.position.take(message.data.length);
        break;
      case 'gap':
        this.moveTo(message.to);
        this.past = { rows: message.rows, columns: message.columns, pieces: [] };
        break;
      case 'screen':
        this.takeScreen(message);
        break;
      case 'size':
        screen.resize(message);
        break;
      case 'taken':
        this.keyboard.forget(message.bytes);
        break;
      case 'answers':
        this.writer.setAnswers(message.on !== 0);
        break;
      case 'jobs':
        onJobs(message.running !== 0);
        break;
      case 'exit':
        this.exit = message.status;
        onExit(message.status, null);
    }
  }

  private join(hello: MessageOf<typeof fromSession, 'hello'>): void {
    if (hello.version !== SESSION_PROTOCOL_VERSION) {
      this.end('broken');
      return;
    }
    this.socket.settled();
    if (!this.joined) this.writer.oldEnd = hello.seen;
    this.joined = true;
    this.connected = true;
    this.behind = false;
    this.moveTo(hello.from);
    this.writer.setAnswers(false);
    this.takeSize(hello);
    this.options.onJobs(false);
    this.options.onState('connected');
    this.keyboard.join(hello.taken);
  }

  /** The window may have been resized since the hello with this size. */
  private takeSize(size: Size): void {
    const { screen } = this.options;
    if (!isSame(size, this.asked)) {
      screen.resize(size);
      return;
    }
    screen.restoreOwnSize();
    if (!isSame(size, screen.own)) this.resize(screen.own);
  }

  private takeScreen({ last, data }: MessageOf<typeof fromSession, 'screen'>): void {
    const { screen } = this.options;
    const { past } = this;
    past.pieces.push(data);
    if (last === 0) return;
    screen.showPast(past, this.lost, () => {
      for (const piece of past.pieces) this.writer.writePast(piece);
    });
    this.lost = 0n;
  }

  private moveTo(offset: bigint): void {
    const { lost, reset } = this.position.moveTo(offset);
    if (reset) this.options.screen.terminal.reset();
    this.lost = reset ? 0n : this.lost + lost;
    if (reset || lost > 0n) this.writer.moveTo(offset);
  }

  private closed(code: number, reason: string): 'retry' | 'stop' {
    const { entered, onExit } = this.options;
    const exited = this.exit !== null;
    const next = decideAfterClose({ code, exited, joined: this.joined, entered });
    if (next === 'retry') return 'retry';
    if (this.exit !== null && isEndedBy(reason)) onExit(this.exit, reason);
    this.options.onState(next);
    return 'stop';
  }

  private end(state: Ending): void {
    this.socket.close();
    this.options.onState(state);
  }

  private enter(state: SocketState): void {
    if (state !== 'open') {
      this.connected = false;
      this.keyboard.lose();
      this.liveness.stop();
    }
    const again = state === 'connecting' && this.joined && !this.behind;
    if (state === 'waiting' || again) this.options.onState('lost');
  }
}

function isEndedBy(reason: string): reason is EndedBy {
  return Object.hasOwn(ENDED_BY, reason);
}

function isSame(one: Size, other: Size): boolean {
  return one.rows === other.rows && one.columns === other.columns;
}
