/**
 * All that the gateway writes on one WebSocket: it knows how much of it waits for the browser, so that whoever fills it
 * can stop. Nobody else calls ws.send. Pongs are the library's, which ends a browser that leaves 60 of them unread.
 */
import type { WebSocket } from 'ws';

/** What a waiting message counts besides its own bytes: more than it costs, of which about 200 were seen for one of one byte. */
export const MESSAGE_COST = 1024;

export class Outbox {
  private readonly ws: WebSocket;
  private readonly limit: number;
  private readonly answers = new Map<Uint8Array, 'sent' | 'owed'>();
  private waiting = 0;
  private held = false;
  /** It was full, and more than half of it has gone since. */
  room: () => void = () => {};

  /** limit: bytes that may wait, with what they cost, before it is full. */
  constructor(ws: WebSocket, limit: number) {
    this.ws = ws;
    this.limit = limit;
  }

  /** Whoever looks is told by room() when it is no longer. */
  get full(): boolean {
    if (this.waiting > this.limit) this.held = true;
    return this.held;
  }

  send(message: Uint8Array | string, sent: () => void = () => {}): void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    const cost = Buffer.byteLength(message) + MESSAGE_COST;
    this.waiting += cost;
    this.ws.send(message, () => {
      this.waiting -= cost;
      sent();
      if (!this.held || this.waiting > this.limit / 2) return;
      this.held = false;
      this.room();
    });
  }

  /** For questions that all have this same answer: while one waits, one more answers all that are asked meanwhile. */
  answer(message: Uint8Array): void {
    if (this.answers.has(message)) {
      this.answers.set(message, 'owed');
      return;
    }
    this.answers.set(message, 'sent');
    this.send(message, () => {
      const owed = this.answers.get(message) === 'owed';
      this.answers.delete(message);
      if (owed) this.answer(message);
    });
  }
}
