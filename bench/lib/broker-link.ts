/** A gateway as the broker sees it: requests with their answers, and the events between them. */
import { EventEmitter, once } from 'node:events';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { FrameStream } from '../../src/protocol/frame.ts';
import type { BrokerEvent, Requests } from '../../src/protocol/gateway-broker.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import { greet, parseJson, sendJson } from '../../src/protocol/json-frame.ts';
import type { SessionView } from '../../src/protocol/page-gateway.ts';
import type { WebClient } from '../../test/lib/client.ts';
import { connectQuickly } from '../../test/lib/intruder.ts';

export class BrokerLink {
  private readonly frames: FrameStream;
  private readonly heard = new EventEmitter().setMaxListeners(0);
  /** As last told. */
  private readonly sessions = new Map<SessionId, SessionView>();
  private lastId = 0;

  private constructor(frames: FrameStream) {
    this.frames = frames;
    frames.listen({
      frame: (payload) => this.take(parseJson(payload)),
      close: () => this.heard.emit('close'),
    });
  }

  static async connect(): Promise<BrokerLink> {
    const socket = connectQuickly('vestibule-web', PATHS.brokerForGateway);
    await once(socket, 'connect');
    return new BrokerLink(await greet(socket));
  }

  async ask<K extends keyof Requests>(
    type: K,
    ask: Requests[K]['ask'],
  ): Promise<Requests[K]['answer']> {
    const id = ++this.lastId;
    const answered = once(this.heard, `answer ${id}`);
    sendJson(this.frames, { ...ask, id, type });
    const [message] = await answered;
    if (message.ok === undefined) throw new Error(`${type}: ${JSON.stringify(message)}`);
    return message.ok;
  }

  /** A terminal, from the request until the broker says that its program runs. */
  async start(ticket: string): Promise<SessionId> {
    const origin = { address: '127.0.0.1', userAgent: '' };
    const { session } = await this.ask('session-start', { ticket, kind: 'terminal', origin });
    await this.until(session.id, (view) => view.state === 'running');
    return session.id;
  }

  async end(ticket: string, session: SessionId): Promise<void> {
    await this.ask('session-end', { ticket, session });
    await this.until(session, ({ ended }) => ended !== null);
  }

  close(): void {
    this.frames.destroy();
  }

  private async until(id: SessionId, fits: (view: SessionView) => boolean): Promise<void> {
    for (;;) {
      const view = this.sessions.get(id);
      if (view !== undefined && fits(view)) return;
      if (view?.problem) throw new Error(`session ${id}: ${JSON.stringify(view.problem)}`);
      await once(this.heard, id);
    }
  }

  private take(message: Record<string, unknown>): void {
    if (message.id !== undefined) {
      this.heard.emit(`answer ${message.id}`, message);
      return;
    }
    const event = message as unknown as BrokerEvent;
    if (event.event !== 'sessions') return;
    for (const view of event.sessions) {
      this.sessions.set(view.id, view);
      this.heard.emit(view.id);
    }
  }
}

/** The ticket that a signed-in browser holds. */
export function ticketOf(client: WebClient): string {
  const [ticket] = client.cookies.values();
  if (ticket === undefined) throw new Error('wanted a browser that is signed in');
  return ticket;
}
