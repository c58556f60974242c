/**
 * Splits a stream into frames: u32 length (big-endian), then so many bytes, at least 1 and at most a maximum. Anything
 * else ends the connection; an HTTP request or a TLS hello, for example, looks like a frame of a gigabyte.
 */
import type { Duplex } from 'node:stream';

/** Largest frame that is copied rather than written in two parts, bytes. */
const COPIED = 8192;

/** The peer broke the framing, or a frame that we send would be too long. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

export interface FrameHandlers {
  /** Called with one whole frame, without its length. An exception ends the connection. */
  readonly frame: (payload: Buffer) => void;
  /** Called once, at the end. error: the reason; null when the peer ended between two frames, or we ended the connection. */
  readonly close: (error: Error | null) => void;
  /** Called when send may be called again after it returned false. */
  readonly drain?: () => void;
}

/**
 * Frames are taken one by one with `next()` (at the start of a connection) or, after `listen()`, come as events. Until
 * one of these is called, the stream is not read beyond the frames that are already there.
 */
export class FrameStream {
  private readonly stream: Duplex;
  private readonly limit: number;
  private chunks: Buffer[] = [];
  private have = 0;
  private readonly queue: Buffer[] = [];
  private handlers: FrameHandlers | null = null;
  private waiting: { resolve: (frame: Buffer | null) => void; reject: (e: Error) => void } | null =
    null;
  private held = false;
  private ended: { error: Error | null } | null = null;

  constructor(stream: Duplex, limit: number) {
    this.stream = stream;
    this.limit = limit;
    stream.on('data', (chunk: Buffer) => this.receive(chunk));
    stream.on('end', () => this.finish(this.have > 0 ? this.cutOff() : null));
    stream.on('error', (error) => this.finish(error));
    stream.on('close', () => this.finish(null));
    stream.on('drain', () => this.handlers?.drain?.());
  }

  get closed(): boolean {
    return this.ended !== null;
  }

  /** The next frame; null when the peer has ended the connection. Rejects when the connection has failed. */
  next(): Promise<Buffer | null> {
    const frame = this.queue.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    if (this.ended?.error) return Promise.reject(this.ended.error);
    if (this.ended) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.flow();
    });
  }

  /** From now on frames come as events; those that are already here come first, in a microtask. */
  listen(handlers: FrameHandlers): void {
    this.handlers = handlers;
    queueMicrotask(() => this.deliver());
  }

  /** Returns false when the peer is slow: wait for `drain`. After the end of the connection it does nothing. */
  send(payload: Uint8Array): boolean {
    if (payload.length === 0 || payload.length > this.limit) {
      throw new FrameError(`a frame of ${payload.length} bytes, at most ${this.limit} can be sent`);
    }
    if (this.ended || this.stream.writableEnded || this.stream.destroyed) return true;
    if (payload.length <= COPIED) {
      const frame = Buffer.allocUnsafe(4 + payload.length);
      frame.writeUInt32BE(payload.length);
      frame.set(payload, 4);
      return this.stream.write(frame);
    }
    const header = Buffer.allocUnsafe(4);
    header.writeUInt32BE(payload.length);
    this.stream.cork();
    this.stream.write(header);
    const more = this.stream.write(payload);
    this.stream.uncork();
    return more;
  }

  /** Stops the events, and reading, so that the peer has to wait, until resume. */
  pause(): void {
    this.held = true;
    this.stream.pause();
  }

  resume(): void {
    this.held = false;
    this.deliver();
  }

  /** Sends what is queued, then ends the connection. */
  end(): void {
    this.stream.end();
  }

  /** Ends the connection at once; frames that were not taken are dropped. */
  destroy(error: Error | null = null): void {
    this.queue.length = 0;
    this.finish(error);
  }

  private receive(chunk: Buffer): void {
    if (this.ended) return;
    this.chunks.push(chunk);
    this.have += chunk.length;
    try {
      for (let frame = this.cut(); frame !== null; frame = this.cut()) this.queue.push(frame);
    } catch (error) {
      this.deliver();
      this.finish(error as Error);
      return;
    }
    this.deliver();
  }

  /** Takes one whole frame off the chunks, or null. */
  private cut(): Buffer | null {
    if (this.have < 4) return null;
    if (this.chunks[0]!.length < 4) this.join();
    const size = this.chunks[0]!.readUInt32BE();
    if (size === 0 || size > this.limit) {
      throw new FrameError(`a frame of ${size} bytes came, wanted 1 to ${this.limit}`);
    }
    if (this.have < 4 + size) return null;
    this.join();
    const whole = this.chunks[0]!;
    this.chunks = whole.length > 4 + size ? [whole.subarray(4 + size)] : [];
    this.have -= 4 + size;
    return whole.subarray(4, 4 + size);
  }

  private join(): void {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
  }

  private deliver(): void {
    if (this.waiting && this.queue.length > 0) {
      const { resolve } = this.waiting;
      this.waiting = null;
      resolve(this.queue.shift()!);
    }
    while (this.handlers && !this.held && this.queue.length > 0) {
      try {
        this.handlers.frame(this.queue.shift()!);
      } catch (error) {
        this.queue.length = 0;
        this.finish(error as Error);
      }
    }
    if (this.ended) this.announceEnd();
    else this.flow();
  }

  /** Continues to read only while the frames are taken. */
  private flow(): void {
    if (this.ended) return;
    const taken = this.waiting !== null || (this.handlers !== null && !this.held);
    if (taken && this.queue.length === 0) this.stream.resume();
    else this.stream.pause();
  }

  private cutOff(): FrameError {
    return new FrameError(`the peer ended inside a frame, after ${this.have} bytes of it`);
  }

  private finish(error: Error | null): void {
    if (this.ended) return;
    this.ended = { error };
    this.chunks = [];
    this.have = 0;
    // When the peer ends between frames, we end as well, after writing what is queued.
    if (error === null && this.stream.readableEnded) this.stream.end();
    else this.stream.destroy();
    this.announceEnd();
  }

  private announceEnd(): void {
    if (this.queue.length > 0 || this.ended === null) return;
    const { error } = this.ended;
    if (this.waiting) {
      const { resolve, reject } = this.waiting;
      this.waiting = null;
      if (error) reject(error);
      else resolve(null);
    }
    const handlers = this.handlers;
    this.handlers = null;
    handlers?.close(error);
  }
}
