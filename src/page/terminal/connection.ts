/** Between the session and the screen: messages in and out, what has been received, and coming back. */
import { CodecError, decode, encode, type MessageOf } from '../../protocol/codec.ts';
import {
  fromSession,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../protocol/gateway-session.ts';
import { ReconnectingSocket, type SocketState, watchNetwork } from '../reconnecting-socket.ts';
import { decideAfterClose, type Ending } from './after-close.ts';
import { inputFrames } from './input-frames.ts';
import { OutputPosition } from './output-position.ts';
import { OutputWriter } from './output-writer.ts';
import type { Screen, Size } from './screen.ts';

/** What the page shows; lost: from a failure until the next hello. */
export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'catchingUp' | Ending;
export interface ConnectionOptions {
  readonly url: string;
  readonly screen: Screen;
  /** Output before this offset has been shown before. */
  readonly oldEnd: bigint;
  /** This tab has just been to the home origin for a pass. */
  readonly entered: boolean;
  readonly onState: (state: ConnectionState) => void;
  /** wait(2) status */
  readonly onExit: (status: number) => void;
}

export class Connection {
  private readonly options: ConnectionOptions;
  private readonly position = new OutputPosition();
  private readonly socket: ReconnectingSocket;
  private joined = false;
  private exited = false;
  /** Let go because more came than the screen could take. */
  private behind = false;
  readonly writer: OutputWriter;

  constructor(options: ConnectionOptions) {
    this.options = options;
    const { url, screen, oldEnd, onState } = options;
    this.writer = new OutputWriter({
      write: (data, done) => screen.terminal.write(data, done),
      oldEnd,
      // Let go and come back: the session-host then sends what its scroll-back still has.
      onBehind: () => {
        this.behind = true;
        this.socket.close();
        onState('catchingUp');
      },
      onCaughtUp: () => this.socket.resume(),
    });
    this.socket = new ReconnectingSocket({
      url,
      onOpen: () => this.greet(),
      onMessage: (data) => this.receive(data as ArrayBuffer),
      onClose: (code) => this.closed(code),
      onState: (state) => this.enter(state),
    });
    watchNetwork(this.socket);
  }

  tryNow = (): void => this.socket.tryNow();

  type(data: Uint8Array): void {
    for (const frame of inputFrames(data)) this.socket.send(frame);
  }

  resize({ rows, columns }: Size): void {
    this.socket.send(encode(toSession, { name: 'resize', rows, columns }));
  }

  private greet(): void {
    this.socket.send(
      encode(toSession, {
        name: 'hello',
        version: SESSION_PROTOCOL_VERSION,
        key: new Uint8Array(),
        from: this.position.received,
        ...this.options.screen.own,
      }),
    );
  }

  private receive(data: ArrayBuffer): void {
    try {
      this.take(decode(fromSession, new Uint8Array(data)));
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      this.end('broken');
    }
  }

  private take(message: MessageOf<typeof fromSession>): void {
    const { screen, onExit } = this.options;
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
        break;
      case 'size':
        screen.resize(message);
        break;
      case 'exit':
        this.exited = true;
        onExit(message.status);
    }
  }

  private join(hello: MessageOf<typeof fromSession, 'hello'>): void {
    if (hello.version !== SESSION_PROTOCOL_VERSION) {
      this.end('broken');
      return;
    }
    this.socket.settled();
    this.joined = true;
    this.behind = false;
    this.moveTo(hello.from);
    this.options.screen.resize(hello);
    this.options.onState('connected');
  }

  private moveTo(offset: bigint): void {
    const { lost, reset } = this.position.moveTo(offset);
    if (reset) this.options.screen.terminal.reset();
    if (lost > 0n) this.options.screen.showLoss(lost);
    if (reset || lost > 0n) this.writer.moveTo(offset);
  }

  private closed(code: number): 'retry' | 'stop' {
    const { entered } = this.options;
    const next = decideAfterClose({ code, exited: this.exited, joined: this.joined, entered });
    if (next === 'retry') return 'retry';
    this.options.onState(next);
    return 'stop';
  }

  private end(state: Ending): void {
    this.socket.close();
    this.options.onState(state);
  }

  private enter(state: SocketState): void {
    const again = state === 'connecting' && this.joined && !this.behind;
    if (state === 'waiting' || again) this.options.onState('lost');
  }
}
