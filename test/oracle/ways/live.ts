/** A signed-in person's list of sessions as it changes, and the terminals in it. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { WebSocket } from 'ws';
import { PATHS } from '../../../src/protocol/broker-leader.ts';
import type { SessionId } from '../../../src/protocol/ids.ts';
import type { LiveMessage, SessionView } from '../../../src/protocol/page-gateway.ts';
import type { Problem } from '../../../src/protocol/problems.ts';
import type { WebClient } from '../../lib/client.ts';
import { until } from '../../lib/product.ts';
import type { Screen } from '../screen.ts';

export interface StartedTerminal {
  readonly id: SessionId;
  readonly screen: Pick<Screen, 'output' | 'until' | 'type'>;
}

/** What never comes is a failure and no wait. */
const PATIENCE_MS = 60_000;

export class Live {
  private readonly client: WebClient;
  private readonly socket: WebSocket;
  private readonly sessions = new Map<SessionId, SessionView>();

  private constructor(client: WebClient) {
    this.client = client;
    this.socket = client.socket(new URL('/api/live', client.url));
    this.socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as LiveMessage;
      if (!('sessions' in message)) return;
      for (const session of message.sessions) this.sessions.set(session.id, session);
    });
  }

  static async open(client: WebClient): Promise<Live> {
    const live = new Live(client);
    await once(live.socket, 'open');
    return live;
  }

  async startTerminal(): Promise<StartedTerminal | { problem: Problem }> {
    const { id } = await this.client.startTerminal();
    const { state, problem } = await this.until(
      id,
      (session) => session.state === 'running' || session.ended !== null,
    );
    if (problem !== null) return { problem };
    if (state !== 'running') throw new Error(`wanted a terminal, it is ${state}`);
    const terminal = await this.client.openTerminal(id, await this.client.enter(id));
    return {
      id,
      screen: {
        output: () => terminal.output,
        until: (pattern, after = 0) => terminal.until(pattern, after),
        type: (line) => terminal.send({ name: 'input', data: Buffer.from(`${line}\r`) }),
      },
    };
  }

  /** The program ends with the line, and with it the session. */
  async endTerminal({ id, screen }: StartedTerminal): Promise<void> {
    screen.type('');
    await this.until(id, ({ ended }) => ended !== null);
  }

  async leave(): Promise<void> {
    this.socket.terminate();
    await this.client.signOut();
    this.client.close();
    await until(() => readdirSync(PATHS.leaders).length === 0, 'the PAM session is closed');
  }

  /** What PAM said when it opened the session that the terminals are programs of. */
  async homeTexts(): Promise<readonly string[]> {
    return (await this.client.home()).homeSession.texts;
  }

  private async until(id: SessionId, holds: (view: SessionView) => boolean): Promise<SessionView> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      const view = this.sessions.get(id);
      if (view !== undefined && holds(view)) return view;
      await once(this.socket, 'message', { signal }).catch((cause) => {
        throw new Error(`waited for ${holds}, got ${JSON.stringify(view)}`, { cause });
      });
    }
  }
}
