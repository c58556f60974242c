/** A WebSocket that comes back: waits with back-off, tries at once when the network or the tab is back. */
import { backOff } from './back-off.ts';

export type SocketState = 'connecting' | 'open' | 'waiting' | 'stopped';
export interface SocketOptions {
  /** Asked before each attempt. */
  readonly url: () => string;
  readonly onMessage: (data: string | ArrayBuffer) => void;
  /** opened: the server had taken the connection. Says whether to try again. */
  readonly onClose: (code: number, opened: boolean, reason: string) => 'retry' | 'stop';
  readonly onState: (state: SocketState) => void;
  readonly connect?: (url: string) => WebSocket;
  readonly later?: (run: () => void, ms: number) => unknown;
  /** As later, for an attempt that gets no answer. */
  readonly limit?: (run: () => void, ms: number) => unknown;
}
/** A browser waits for minutes. */
const OPEN_MS = 8000;
/** From open to settled: a session that is being started may take its time. */
const SETTLE_MS = 20_000;

export class ReconnectingSocket {
  private readonly options: SocketOptions;
  private socket: WebSocket | null = null;
  private attempt = 0;
  private isSettled = false;
  state: SocketState = 'connecting';

  constructor(options: SocketOptions) {
    this.options = options;
    this.connect();
  }

  /** Dropped while there is no connection. */
  send(data: Uint8Array): void {
    if (this.state === 'open') this.socket?.send(data as Uint8Array<ArrayBuffer>);
  }

  /** What was said has been understood: the next wait is short again. */
  settled(): void {
    this.isSettled = true;
    this.attempt = 0;
  }

  /** Now, if it is waiting. */
  tryNow = (): void => {
    if (this.state === 'waiting') this.connect();
  };

  /** The network changed: neither side may know yet that the old connection is dead. */
  renew = (): void => {
    if (this.state === 'open') this.drop();
    if (this.state !== 'stopped') this.connect();
  };

  /** Until resume(); what was in flight is not delivered. */
  close(): void {
    this.drop();
    this.enter('stopped');
  }

  resume(): void {
    if (this.state === 'stopped') this.connect();
  }

  private connect(): void {
    this.drop();
    this.enter('connecting');
    const socket = (this.options.connect ?? openSocket)(this.options.url());
    this.socket = socket;
    this.isSettled = false;
    let opened = false;
    this.limit(OPEN_MS, () => this.socket === socket && !opened);
    socket.onopen = () => {
      opened = true;
      this.limit(SETTLE_MS, () => this.socket === socket && !this.isSettled);
      this.enter('open');
    };
    socket.onmessage = ({ data }) => this.options.onMessage(data);
    socket.onclose = ({ code, reason }) => {
      this.socket = null;
      if (this.options.onClose(code, opened, reason) === 'stop') this.enter('stopped');
      else this.wait();
    };
  }

  private limit(ms: number, isStuck: () => boolean): void {
    const limit = this.options.limit ?? setTimeout;
    limit(() => {
      if (!isStuck()) return;
      this.drop();
      this.wait();
    }, ms);
  }

  private wait(): void {
    this.enter('waiting');
    const later = this.options.later ?? setTimeout;
    later(this.tryNow, backOff(this.attempt));
    this.attempt += 1;
  }

  private drop(): void {
    const { socket } = this;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private enter(state: SocketState): void {
    this.state = state;
    this.options.onState(state);
  }
}

/** Retries at once when the network or the tab comes back. Returns the release. */
export function watchNetwork(socket: ReconnectingSocket): () => void {
  const visible = (): void => {
    if (document.visibilityState === 'visible') socket.tryNow();
  };
  addEventListener('online', socket.renew);
  document.addEventListener('visibilitychange', visible);
  return () => {
    removeEventListener('online', socket.renew);
    document.removeEventListener('visibilitychange', visible);
  };
}

function openSocket(url: string): WebSocket {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  return socket;
}
