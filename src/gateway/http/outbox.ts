/**
 * The one sender on a WebSocket: it counts the bytes that wait for the browser, so that their producer can pause.
 * Nobody else calls ws.send. Pongs are sent by the library, which ends a browser that leaves 60 of them unread.
 */
import type { WebSocket } from 'ws';

/**
 * Bytes that a waiting message counts for besides its own. The real overhead, measured with one-byte messages, is about
 * 200.
 */
export const MESSAGE_COST = 1024;

export class Outbox {
  private readonly ws: WebSocket;
  private readonly limit: number;
  private readonly answers = new Map<Uint8Array, 'sent' | 'owed'>();
  private waiting = 0;
  private held = false;
  /** Called when it was full and has become half empty. */
  room: () => void = () => {};

  /** limit: bytes that may wait, overhead included, before it is full. */
  constructor(ws: WebSocket, limit: number) {
    this.ws = ws;
    this.limit = limit;
  }

  /** If so, room() is called once there is room again. */
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

  /**
   * Answers a question that may be asked often: while one such answer waits, at most one more is kept for all that
   * follow.
   */
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
