/** The page's API as a program uses it: over HTTPS, answers sealed, from any loopback address. */
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { Home, SessionView, SignInStep, SignIns } from '../../src/protocol/page-gateway.ts';
import type { Problem } from '../../src/protocol/problems.ts';
import { sealAnswer } from '../../src/protocol/seal-answer.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}
type Prompts = Extract<SignInStep, { kind: 'prompts' }>;

/** One browser: its cookies, and where it comes from. */
export class Api {
  readonly url: string;
  readonly from: string;
  private readonly cookies = new Map<string, string>();

  /** from: any of 127.0.0.0/8. */
  constructor(url: string, from = '127.0.0.1') {
    this.url = url;
    this.from = from;
  }

  send(method: string, path: string, body?: object): Promise<ApiAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      cookie,
      origin: new URL(this.url).origin,
      'content-type': 'application/json',
      'user-agent': `test from ${this.from}`,
    };
    // localhost may be ::1, which a 127 address cannot reach.
    const url = new URL(path, this.url.replace('//localhost', '//127.0.0.1'));
    const agent = new Agent({ rejectUnauthorized: false, localAddress: this.from });
    headers.origin = url.origin;
    return new Promise((resolve, reject) => {
      const ask = request(url, { method, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          agent.destroy();
          this.keepCookies(response.headers['set-cookie'] ?? []);
          const text = Buffer.concat(chunks).toString();
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, body: text === '' ? null : JSON.parse(text) });
        });
      });
      ask.on('error', reject);
      ask.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Up to the last answer: with the ticket in its cookies, or with the problem. */
  async signIn(user: string, password: string): Promise<ApiAnswer> {
    const first = await this.send('POST', '/api/sign-in', { user });
    if (first.status !== 200) return first;
    const { conversation, key, items } = first.body as Prompts;
    const asking = items.find(({ style }) => style === 'hidden')!;
    const { expires } = key;
    const secret = new TextEncoder().encode(password);
    const answer = { conversation, prompt: asking.number, expires, user, secret };
    const sealed = sealAnswer(answer, Buffer.from(key.public, 'base64'));
    const answers = [Buffer.from(sealed).toString('base64')];
    return this.send('POST', `/api/sign-in/${conversation}`, { answers });
  }

  async signIns(): Promise<SignIns['signIns']> {
    return (this.expect(await this.send('GET', '/api/sign-ins')).body as SignIns).signIns;
  }

  async home(): Promise<Home> {
    return this.expect(await this.send('GET', '/api/home')).body as Home;
  }

  async startTerminal(): Promise<SessionView> {
    const answer = await this.send('POST', '/api/sessions', { kind: 'terminal' });
    return this.expect(answer).body as SessionView;
  }

  private expect(answer: ApiAnswer): ApiAnswer {
    if (answer.status < 300) return answer;
    throw new Error(`wanted success, came ${answer.status}: ${problemOf(answer)?.text}`);
  }

  private keepCookies(headers: readonly string[]): void {
    for (const header of headers) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

export function problemOf({ body }: ApiAnswer): Problem | undefined {
  return (body as { problem?: Problem } | null)?.problem;
}
