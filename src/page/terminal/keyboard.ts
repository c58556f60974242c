/** Sends what a person types: keeps it while there is no connection, and sends it again when it may have been lost. */

import { inputFrames } from './input-frames.ts';
import { InputLog, MOST_WAITING } from './input-log.ts';

export interface KeyboardOptions {
  readonly send: (frame: Uint8Array) => void;
  /** bytes: how many wait for the connection. full: the last ones were dropped. */
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

  /** There is a connection. taken: bytes that the program has read. */
  join(taken: bigint): void {
    this.connected = true;
    this.waiting = 0;
    if (!this.log.forget(taken)) this.options.onDoubt();
    this.send(this.log.rest);
  }

  /** Bytes that the program may not have read. */
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
