/** A browser as far as the peers' pages need one: cookies, forms, redirects. */
import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:https';
import { WebSocket } from 'ws';

export interface Answer {
  readonly status: number;
  readonly text: string;
}
interface Ask {
  readonly method?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export class Browser {
  readonly cookies = new Map<string, string>();
  private readonly agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  private readonly origin: string;

  constructor(origin: string) {
    this.origin = origin;
  }

  /** Follows redirects. */
  async ask(path: string, { method = 'GET', form, headers = {} }: Ask = {}): Promise<Answer> {
    const url = new URL(path, this.origin);
    const body = form && new URLSearchParams(form).toString();
    const type = form ? { 'content-type': 'application/x-www-form-urlencoded' } : {};
    const options: RequestOptions = {
      ...{ method, agent: this.agent },
      headers: { ...this.cookieHeader(), ...type, ...headers },
    };
    const outgoing = request(url, options).end(body);
    const [incoming] = await once(outgoing, 'response');
    let text = '';
    for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
    for (const line of incoming.headers['set-cookie'] ?? []) this.keepCookie(line);
    const { location } = incoming.headers;
    if (incoming.statusCode >= 300 && incoming.statusCode < 400 && location) {
      return await this.ask(new URL(location, url).href);
    }
    return { status: incoming.statusCode, text };
  }

  /** The lines of an answer, as they come. */
  async *lines(path: string, headers: Readonly<Record<string, string>>): AsyncGenerator<string> {
    const options = { agent: this.agent, headers: { ...this.cookieHeader(), ...headers } };
    const [incoming] = await once(request(new URL(path, this.origin), options).end(), 'response');
    let rest = '';
    for await (const chunk of incoming.setEncoding('utf8')) {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      yield* parts;
    }
  }

  async socket(path: string, protocol?: string): Promise<WebSocket> {
    const address = new URL(path, this.origin).href.replace(/^http/, 'ws');
    const ws = new WebSocket(address, protocol === undefined ? [] : [protocol], {
      rejectUnauthorized: false,
      headers: { ...this.cookieHeader(), origin: this.origin },
    });
    await once(ws, 'open');
    return ws;
  }

  close(): void {
    this.agent.destroy();
  }

  private cookieHeader(): Record<string, string> {
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length === 0 ? {} : { cookie: pairs.join('; ') };
  }

  private keepCookie(line: string): void {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    this.cookies.set(name!, value!);
  }
}

/** Asks again and again until somebody answers with 200: for servers that bind late. Resolves with the time it took. */
export async function firstAnswer(url: string): Promise<number> {
  const from = performance.now();
  for (;;) {
    const outgoing = request(url, { rejectUnauthorized: false, agent: false }).end();
    try {
      const [incoming] = await once(outgoing, 'response');
      incoming.resume();
      if (incoming.statusCode === 200) return performance.now() - from;
    } catch {
      // nobody listens yet
    }
    outgoing.destroy();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
