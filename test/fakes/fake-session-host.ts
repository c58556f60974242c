/** A session-host for tests of the gateway: listens on a path, checks the key, and gives each viewer to the test. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { decode, encode, type MessageOf } from '../../src/protocol/codec.ts';
import { FrameStream } from '../../src/protocol/frame.ts';
import {
  fromSession,
  MAX_SESSION_FRAME,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../src/protocol/gateway-session.ts';
import { Mailbox } from './mailbox.ts';

type FromPage = MessageOf<typeof toSession>;

export class FakeViewer {
  readonly frames: FrameStream;
  readonly hello: MessageOf<typeof toSession, 'hello'>;
  readonly messages = new Mailbox<FromPage>();
  readonly closed: Promise<void>;
  /** Settles when the gateway takes more again. */
  drained: Promise<void> = Promise.resolve();
  private wake = (): void => {};

  constructor(frames: FrameStream, hello: MessageOf<typeof toSession, 'hello'>) {
    this.frames = frames;
    this.hello = hello;
    this.closed = new Promise((resolve) => {
      frames.listen({
        frame: (payload) => this.messages.put(decode(toSession, payload)),
        close: () => resolve(),
        drain: () => this.wake(),
      });
    });
  }

  /** False: the gateway takes no more for now. */
  send(message: MessageOf<typeof fromSession>): boolean {
    const more = this.frames.send(encode(fromSession, message));
    if (!more) this.drained = new Promise((resolve) => (this.wake = resolve));
    return more;
  }
}

export class FakeSessionHost {
  readonly viewers = new Mailbox<FakeViewer>();
  private readonly server: Server;
  private readonly key: Uint8Array;
  private readonly streams = new Set<FrameStream>();

  constructor(key: Uint8Array) {
    this.key = key;
    this.server = createServer((socket) => {
      const frames = new FrameStream(socket, MAX_SESSION_FRAME);
      this.streams.add(frames);
      void this.greet(frames);
    });
  }

  async listen(path: string): Promise<void> {
    this.server.listen(path);
    await once(this.server, 'listening');
  }

  close(): void {
    this.server.close();
    for (const frames of this.streams) frames.destroy();
  }

  private async greet(frames: FrameStream): Promise<void> {
    const first = await frames.next();
    const hello = first && decode(toSession, first);
    if (hello?.name !== 'hello' || Buffer.compare(hello.key, this.key) !== 0) {
      frames.destroy();
      return;
    }
    const { rows, columns } = hello;
    const viewer = new FakeViewer(frames, hello);
    const version = SESSION_PROTOCOL_VERSION;
    viewer.send({ name: 'hello', version, taken: 0n, from: hello.from, seen: 0n, rows, columns });
    this.viewers.put(viewer);
  }
}
