/** What a person types, on its way to the session: kept while there is no connection, sent again when it may be lost. */

import { inputFrames } from './input-frames.ts';
import { InputLog, MOST_WAITING } from './input-log.ts';

export interface KeyboardOptions {
  readonly send: (frame: Uint8Array) => void;
  /** So many bytes wait for the connection; full: the last ones were refused. */
  readonly onWaiting: (bytes: number, full: boolean) => void;
  /** What was typed may or may not have reached the program. */
  readonly onDoubt: () => void;
}

export class Keyboard {
  private readonly options: KeyboardOptions;
  private readonly log = new InputLog();
  private connected = false;
  /** Bytes typed without a connection. */
  private waiting = 0;

  constructor(options: KeyboardOptions) {
    this.options = options;
  }

  type(data: Uint8Array): void {
    if (this.connected) {
      this.log.add(data);
      this.send(data);
      return;
    }
    const full = this.waiting + data.length > MOST_WAITING;
    if (!full) {
      this.log.add(data);
      this.waiting += data.length;
    }
    this.options.onWaiting(this.waiting, full);
  }

  /** A connection has begun; the program has had so many bytes. */
  join(taken: bigint): void {
    this.connected = true;
    this.waiting = 0;
    if (!this.log.forget(taken)) this.options.onDoubt();
    this.send(this.log.rest);
  }

  /** Bytes that the program may not have had. */
  get pending(): number {
    return this.log.rest.length;
  }

  lose(): void {
    this.connected = false;
  }

  forget(taken: bigint): void {
    this.log.forget(taken);
  }

  private send(data: Uint8Array): void {
    for (const frame of inputFrames(data)) this.options.send(frame);
  }
}
