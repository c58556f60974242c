/**
 * Requests as bytes on a TLS connection that is there: what is timed is the server, not a client that writes headers
 * and reads JSON.
 */
import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

export interface Exchange {
  readonly body: string;
  /** The first that was set. */
  readonly cookie: string;
  /** Milliseconds from the first byte sent to the last one received. */
  readonly took: number;
}

const PATIENCE_MS = 60_000;

export class Wire {
  private readonly socket: TLSSocket;
  private readonly url: URL;

  private constructor(socket: TLSSocket, url: URL) {
    this.socket = socket;
    this.url = url;
  }

  static async open(url: URL): Promise<Wire> {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port),
      rejectUnauthorized: false,
    });
    await once(socket, 'secureConnect');
    const wire = new Wire(socket.setNoDelay(true), url);
    // The server, too, has made all that a connection needs.
    await wire.exchange(`GET /api/home HTTP/1.1\r\nhost: ${url.host}\r\n\r\n`);
    return wire;
  }

  post(path: string, body: unknown, cookie = ''): Promise<Exchange> {
    const text = JSON.stringify(body);
    const lines = [
      `POST ${path} HTTP/1.1`,
      `host: ${this.url.host}`,
      `origin: ${this.url.origin}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(text)}`,
      ...(cookie === '' ? [] : [`cookie: ${cookie}`]),
    ];
    return this.exchange(`${lines.join('\r\n')}\r\n\r\n${text}`);
  }

  close(): void {
    this.socket.destroy();
  }

  private async exchange(request: string): Promise<Exchange> {
    const from = performance.now();
    this.socket.write(request);
    let answer = '';
    for (;;) {
      const [chunk] = await once(this.socket, 'data', { signal: AbortSignal.timeout(PATIENCE_MS) });
      answer += chunk;
      const head = /^(.*?)\r\n\r\n/s.exec(answer)?.[1];
      const length = /^content-length: (\d+)$/im.exec(head ?? '')?.[1];
      if (head === undefined || length === undefined) continue;
      const took = performance.now() - from;
      const came = answer.slice(head.length + 4);
      if (Buffer.byteLength(came) >= Number(length))
        return { body: came, cookie: cookieOf(head), took };
    }
  }
}

function cookieOf(head: string): string {
  return /^set-cookie: ([^;\r]*)/im.exec(head)?.[1] ?? '';
}
