/** A session for the terminal page: one stream with a short scroll-back that any number of viewers may join at an offset. */
import type { WebSocket } from 'ws';
import { decode, encode, type MessageOf } from '../../src/protocol/codec.ts';
import {
  fromSession,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../src/protocol/gateway-session.ts';
import { CLOSE_CODES, type EndedBy } from '../../src/protocol/page-gateway.ts';
import { readHello } from '../../src/protocol/socket-hello.ts';
import { Mailbox } from './mailbox.ts';

/** What a page sent, in a form that a failed test can print. */
export interface Came {
  readonly name: string;
  readonly from?: number;
  readonly text?: string;
  readonly rows?: number;
  readonly columns?: number;
}

export class FakeTerminal {
  private readonly viewers = new Set<WebSocket>();
  private kept = Buffer.alloc(0);
  private start = 0;
  /** Bytes of scroll-back. */
  keeps = 1_048_576;
  /** Output that makes the screen as it was where the scroll-back begins. */
  screen = '';
  /** Most bytes of one output message. */
  chunk = 32_768;
  private isCut = false;
  /** Nobody who joins is answered before. */
  ready = Promise.resolve();
  /** Bytes of input by viewer. */
  private readonly taken = new Map<bigint, bigint>();
  /** Output that some page has been sent. */
  private seen = 0;
  /** Every message of every page. */
  readonly came = new Mailbox<Came>();

  get viewerCount(): number {
    return this.viewers.size;
  }

  /** address: of its WebSocket. */
  async join(ws: WebSocket, address: string): Promise<void> {
    if (this.isCut) return;
    const hello = readHello(address);
    this.came.put(readable(hello));
    await this.ready;
    const from = Math.max(Number(hello.from), this.start);
    const { rows, columns } = hello;
    const version = SESSION_PROTOCOL_VERSION;
    const taken = this.taken.get(hello.viewer) ?? 0n;
    const offsets = { from: BigInt(from), seen: BigInt(this.seen) };
    ws.send(encode(fromSession, { name: 'hello', version, taken, ...offsets, rows, columns }));
    if (Number(hello.from) < this.start) {
      ws.send(encode(fromSession, { name: 'gap', to: BigInt(this.start), rows, columns }));
      ws.send(encode(fromSession, { name: 'screen', last: 1, data: Buffer.from(this.screen) }));
    }
    this.viewers.add(ws);
    ws.on('close', () => this.viewers.delete(ws));
    ws.on('message', (data: Buffer) => this.hear(ws, hello.viewer, decode(toSession, data)));
    // One page answers: the first. What has been sent to some page it does not answer again.
    const old = Math.max(0, this.seen - from);
    const kept = this.kept.subarray(from - this.start);
    this.output(ws, kept.subarray(0, old));
    if (this.viewers.size === 1) ws.send(encode(fromSession, { name: 'answers', on: 1 }));
    this.output(ws, kept.subarray(old));
  }

  private hear(ws: WebSocket, viewer: bigint, message: MessageOf<typeof toSession>): void {
    if (message.name === 'check') ws.send(encode(fromSession, { name: 'alive' }));
    if (message.name === 'input') {
      const taken = (this.taken.get(viewer) ?? 0n) + BigInt(message.data.length);
      this.taken.set(viewer, taken);
    }
    this.came.put(readable(message));
  }

  print(text: string): void {
    this.printBytes(Buffer.from(text));
  }

  printBytes(data: Buffer): void {
    const all = Buffer.concat([this.kept, data]);
    const cut = Math.max(0, all.length - this.keeps);
    this.kept = all.subarray(cut);
    this.start += cut;
    for (const ws of this.viewers) this.output(ws, data);
  }

  /** To all viewers as it is. */
  send(message: MessageOf<typeof fromSession>): void {
    for (const ws of this.viewers) ws.send(encode(fromSession, message));
  }

  /** As a network that is cut without a word: nothing more comes or goes on these connections, nor on new ones. */
  cut(): void {
    this.isCut = true;
    for (const ws of this.viewers) ws.removeAllListeners('message');
    this.viewers.clear();
  }

  /** For connections that are made from now on. */
  mend(): void {
    this.isCut = false;
  }

  exit(status: number, endedBy: EndedBy | '' = ''): void {
    this.send({ name: 'exit', status });
    this.drop(CLOSE_CODES.sessionEnded, endedBy);
  }

  /** Closes every viewer's connection. */
  drop(code: number, reason = ''): void {
    for (const ws of this.viewers) ws.close(code, reason);
  }

  private output(ws: WebSocket, data: Buffer): void {
    this.seen = this.start + this.kept.length;
    for (let at = 0; at < data.length; at += this.chunk) {
      ws.send(encode(fromSession, { name: 'output', data: data.subarray(at, at + this.chunk) }));
    }
  }
}

function readable(message: MessageOf<typeof toSession>): Came {
  if (message.name === 'input')
    return { name: 'input', text: Buffer.from(message.data).toString() };
  if (message.name !== 'hello') return message;
  const { name, from, rows, columns } = message;
  return { name, from: Number(from), rows, columns };
}
