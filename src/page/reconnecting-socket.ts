/** A WebSocket that reconnects with back-off, and at once when the network or the tab is back. */
import { backOff } from './back-off.ts';

export type SocketState = 'connecting' | 'open' | 'waiting' | 'stopped';
export interface SocketOptions {
  /** Called before each attempt. */
  readonly url: () => string;
  readonly onMessage: (data: string | ArrayBuffer) => void;
  /** opened: the server had accepted the connection. The result says whether to reconnect. */
  readonly onClose: (code: number, opened: boolean, reason: string) => 'retry' | 'stop';
  readonly onState: (state: SocketState) => void;
  readonly connect?: (url: string) => WebSocket;
  readonly later?: (run: () => void, ms: number) => unknown;
  /** As later, for the timeouts of an attempt. */
  readonly limit?: (run: () => void, ms: number) => unknown;
}
/** Timeout for the connection to open: the browser's own takes minutes. */
const OPEN_MS = 8000;
/** Timeout from open to settled: longer than the broker waits for a session that is being started. */
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

  /** Without a connection the data is dropped. */
  send(data: Uint8Array): void {
    if (this.state === 'open') this.socket?.send(data as Uint8Array<ArrayBuffer>);
  }

  /** The connection works: the back-off begins anew. */
  settled(): void {
    this.isSettled = true;
    this.attempt = 0;
  }

  /** Reconnects now, if it is waiting. */
  tryNow = (): void => {
    if (this.state === 'waiting') this.connect();
  };

  /** For a changed network: replaces a connection that may be dead without either side knowing. */
  renew = (): void => {
    if (this.state === 'open') this.drop();
    if (this.state !== 'stopped') this.connect();
  };

  /** Closes until resume(); messages under way are dropped. */
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
