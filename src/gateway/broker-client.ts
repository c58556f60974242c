/**
 * The gateway's one connection to the broker: requests by id, events, and a new connection whenever it breaks. While
 * there is none, requests fail at once with 'unavailable'.
 */
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { inBackground } from '../lib/in-background.ts';
import { KeyedSets } from '../lib/keyed-sets.ts';
import type { log } from '../lib/log.ts';
import type { FrameStream } from '../protocol/frame.ts';
import type { BrokerEvent, RequestName, Requests } from '../protocol/gateway-broker.ts';
import type { UserName } from '../protocol/ids.ts';
import { greet, type JsonObject, parseJson, sendJson } from '../protocol/json-frame.ts';
import { PROBLEMS, type Problem } from '../protocol/problems.ts';
import { Failure, failureOf } from './problem.ts';

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1000;
const REQUEST_MS = 10_000;
/** Limits the memory that a broker which never answers can cost us. */
const MAX_PENDING = 5000;

export type UserEvent = Extract<BrokerEvent, { user: UserName }>;
type Hear = (event: UserEvent) => void;

/** Of a user, as the gateway's listeners know them. */
const USER_EVENTS: readonly string[] = [
  'sessions',
  'pam-sessions',
  'home-session',
  'troubles',
] satisfies UserEvent['event'][];

type RevokedEvent = Extract<BrokerEvent, { event: 'revoked' }>;
interface BrokerClientEvents {
  up: [];
  down: [];
  revoked: [tickets: RevokedEvent['tickets']];
}
interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (failure: Failure) => void;
  readonly timer: NodeJS.Timeout;
}

export class BrokerClient extends EventEmitter<BrokerClientEvents> {
  private readonly path: string;
  private readonly logger: typeof log;
  private readonly pending = new Map<number, Pending>();
  private frames: FrameStream | null = null;
  private lastId = 0;
  private retryMs = FIRST_RETRY_MS;
  private retry: NodeJS.Timeout | null = null;
  private readonly stop = new AbortController();
  /** A tab is not called for what happens to all the others. */
  private readonly ears = new KeyedSets<UserName, Hear>();

  constructor(path: string, logger: typeof log) {
    super();
    this.setMaxListeners(0); // every live socket listens
    this.path = path;
    this.logger = logger;
  }

  get connected(): boolean {
    return this.frames !== null;
  }

  /** Connects, and reconnects whenever the connection ends, until close(). */
  async connect(): Promise<void> {
    if (this.stop.signal.aborted) return;
    const socket = connect({ path: this.path, signal: this.stop.signal });
    socket.once('close', () => this.reconnect());
    try {
      await once(socket, 'connect');
      this.serve(await greet(socket));
    } catch (error) {
      socket.destroy();
      if (this.stop.signal.aborted) return;
      this.logger.warning('broker not reached', { path: this.path, detail: error });
    }
  }

  /** Hears of what changes for this user. Returns the release. */
  listen(user: UserName, hear: Hear): () => void {
    return this.ears.add(user, hear);
  }

  request<K extends RequestName>(
    type: K,
    ask: Requests[K]['ask'],
    timeoutMs = REQUEST_MS,
  ): Promise<Requests[K]['answer']> {
    const { frames } = this;
    if (frames === null) return Promise.reject(new Failure('unavailable', 'no broker connected'));
    if (this.pending.size >= MAX_PENDING) {
      return Promise.reject(
        new Failure('unavailable', `${MAX_PENDING} requests wait for the broker`),
      );
    }
    const id = ++this.lastId;
    try {
      sendJson(frames, { ...ask, id, type });
    } catch (error) {
      return Promise.reject(new Failure('too-large', `${type}: ${(error as Error).message}`));
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(
          new Failure('unavailable', `the broker took longer than ${timeoutMs} ms for ${type}`),
        );
      }, timeoutMs);
      this.pending.set(id, { resolve, reject, timer });
    });
  }

  close(): void {
    this.stop.abort();
    if (this.retry) clearTimeout(this.retry);
  }

  private serve(frames: FrameStream): void {
    this.frames = frames;
    this.retryMs = FIRST_RETRY_MS;
    frames.listen({
      frame: (payload) => this.receive(parseJson(payload)),
      close: (error) => this.lose(error),
    });
    this.logger.info('broker connected', { path: this.path });
    this.emit('up');
  }

  private receive(message: JsonObject): void {
    if (message.event !== undefined) this.announce(message as unknown as BrokerEvent);
    else this.settle(message);
  }

  private announce(event: BrokerEvent): void {
    if (event.event === 'revoked') this.emit('revoked', event.tickets);
    else if (USER_EVENTS.includes(event.event))
      for (const hear of this.ears.of(event.user)) hear(event);
    else this.logger.warning('unknown broker event, ignoring', { message: event });
  }

  private settle({ id, ok, problem }: JsonObject): void {
    const pending = this.pending.get(id as number);
    if (!pending) return; // it has timed out
    this.pending.delete(id as number);
    clearTimeout(pending.timer);
    if (isProblem(problem)) pending.reject(failureOf(problem));
    else if (typeof ok === 'object' && ok !== null) pending.resolve(ok as never);
    else pending.reject(new Failure('internal', 'the broker sent neither an answer nor a problem'));
  }

  private lose(error: Error | null): void {
    this.frames = null;
    const pending = [...this.pending.values()];
    this.pending.clear();
    for (const { reject, timer } of pending) {
      clearTimeout(timer);
      reject(new Failure('unavailable', 'the broker closed the connection before it answered'));
    }
    if (!this.stop.signal.aborted) this.logger.warning('broker lost', { detail: error });
    this.emit('down');
  }

  private reconnect(): void {
    if (this.stop.signal.aborted) return;
    this.retry = setTimeout(() => inBackground('connect', this.connect()), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === 'object' && value !== null && Object.hasOwn(PROBLEMS, (value as Problem).code)
  );
}
