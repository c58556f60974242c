/** The messages of a page: the first one by itself, the others kept until somebody takes them. */
import type { WebSocket } from 'ws';
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';
import { Failure } from '../problem.ts';

export class Inbox {
  private readonly ws: WebSocket;
  private readonly waiting: Buffer[] = [];
  private take: ((message: Buffer) => void) | null = null;

  constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on('message', (data: Buffer, binary) => {
      if (!binary) ws.close(CLOSE_CODES.protocol);
      else if (this.take) this.take(data);
      else this.waiting.push(data);
    });
  }

  /** Then the page is not read further until listen(): what came in one piece with the first waits here. */
  first(timeoutMs: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => reject(new Failure('bad-request', why));
      const timer = setTimeout(() => fail(`no hello came within ${timeoutMs} ms`), timeoutMs);
      this.ws.once('close', () => {
        clearTimeout(timer);
        fail('the page went away before its hello');
      });
      this.take = (message) => {
        clearTimeout(timer);
        this.take = null;
        this.ws.pause();
        resolve(message);
      };
    });
  }

  listen(take: (message: Buffer) => void): void {
    this.take = take;
    for (const message of this.waiting.splice(0)) take(message);
    this.ws.resume();
  }
}
