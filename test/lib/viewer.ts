/** A viewer of a session-host that reads only when asked. */
import type { Socket } from 'node:net';
import { decode, encode, type MessageOf } from '../../src/protocol/codec.ts';
import { FrameStream } from '../../src/protocol/frame.ts';
import {
  fromSession,
  MAX_SESSION_FRAME,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../src/protocol/gateway-session.ts';

export type SessionMessage = MessageOf<typeof fromSession>;

export interface JoinOptions {
  readonly key?: Uint8Array;
  /** Who comes back; 0: nobody that does. */
  readonly viewer?: bigint;
  readonly from?: bigint;
  readonly rows?: number;
  readonly columns?: number;
}

export class Viewer {
  readonly socket: Socket;
  readonly frames: FrameStream;
  /** Of the next output byte. */
  offset = 0n;
  size = '';
  text = '';
  errors = '';
  gaps = 0;
  /** What it was given of the screen at its last gap. */
  screen = '';
  /** Bytes of its input, as last told. */
  taken = 0n;
  jobs = false;
  /** Answers what the program asks from here on. */
  answers = false;
  /** Output whose questions it answers. */
  answered = '';
  status: number | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    this.frames = new FrameStream(socket, MAX_SESSION_FRAME);
  }

  join(key: Uint8Array, { viewer = 0n, from = 0n, rows = 0, columns = 0 }: JoinOptions): void {
    const version = SESSION_PROTOCOL_VERSION;
    this.send({ name: 'hello', version, key, viewer, from, rows, columns });
  }

  send(message: MessageOf<typeof toSession>): void {
    this.frames.send(encode(toSession, message));
  }

  type(text: string): void {
    this.send({ name: 'input', data: Buffer.from(text) });
  }

  /** One message; null when session-host has closed. */
  async next(): Promise<SessionMessage | null> {
    const frame = await this.frames.next();
    return frame === null ? null : decode(fromSession, frame);
  }

  /** One message, noted. False at the end. */
  async read(): Promise<boolean> {
    const message = await this.next();
    if (message === null) return false;
    if (message.name === 'output') {
      this.offset += BigInt(message.data.length);
      const text = Buffer.from(message.data).toString('latin1');
      this.text += text;
      if (this.answers) this.answered += text;
    } else if (message.name === 'errors')
      this.errors += Buffer.from(message.data).toString('latin1');
    else if (message.name === 'size') this.size = `${message.rows} ${message.columns}`;
    else if (message.name === 'exit') this.status = message.status;
    else if (message.name === 'taken') this.taken = message.bytes;
    else if (message.name === 'jobs') this.jobs = message.running === 1;
    else if (message.name === 'screen') this.screen += Buffer.from(message.data).toString('latin1');
    else if (message.name === 'answers') this.answers = message.on === 1;
    else if (message.name === 'gap') {
      this.gaps++;
      this.screen = '';
      this.offset = message.to;
    }
    return true;
  }

  /** Reads until the text so far has the pattern. */
  async until(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this.text.match(pattern);
      if (match !== null) return match;
      if (!(await this.read()))
        throw new Error(`wanted ${pattern}, got the end after: ${this.text}`);
    }
  }

  async untilSize(size: string): Promise<void> {
    while (this.size !== size) {
      if (!(await this.read())) throw new Error(`wanted size ${size}, got the end`);
    }
  }

  /** Reads to the end. */
  async rest(): Promise<this> {
    while (await this.read());
    return this;
  }
}
