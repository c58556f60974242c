/** A terminal of ours as a shell, on the WebSocket that the page uses. */

import { decode } from '../../src/protocol/codec.ts';
import { fromSession } from '../../src/protocol/gateway-session.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import type { LiveMessage } from '../../src/protocol/page-gateway.ts';
import type { WebClient } from '../../test/lib/client.ts';
import { Terminal } from '../../test/lib/client.ts';
import { Shell } from '../peers/shell.ts';

/** As the home page does: hears on its live connection that the session runs, and enters it then. */
export async function openShell(client: WebClient): Promise<Shell> {
  const live = client.socket(new URL('/api/live', client.url));
  const running = new Promise<void>((resolve, reject) => {
    live.on('error', reject);
    live.on('message', (payload: Buffer) => {
      const message = JSON.parse(payload.toString('utf8')) as LiveMessage;
      if (!('sessions' in message)) return;
      const ids = message.sessions.filter(({ state }) => state === 'running').map(({ id }) => id);
      if (started !== null && ids.includes(started)) resolve();
      else told.push(...ids);
    });
  });
  let started: SessionId | null = null;
  const told: SessionId[] = [];
  const { id } = await client.startTerminal();
  started = id;
  if (!told.includes(id)) await running;
  live.terminate();
  return await enterShell(client, id);
}

/** closing it leaves the session, which runs. */
async function enterShell(client: WebClient, id: SessionId): Promise<Shell> {
  const { headers } = await client.ask('GET', `/s/${id}/`);
  const { href, origin } = new URL(headers.location ?? '', client.url);
  await client.ask('GET', href);
  const socket = client.terminalSocket(id, new URL(origin));
  const heard: ((text: string) => void)[] = [];
  let early = '';
  socket.on('message', (payload: Buffer) => {
    const message = decode(fromSession, payload);
    if (message.name !== 'output') return;
    const text = Buffer.from(message.data).toString('utf8');
    if (heard[0] === undefined) early += text;
    else heard[0](text);
  });
  const terminal = await Terminal.open(socket);
  const shell = new Shell(
    (text) => terminal.send({ name: 'input', data: Buffer.from(text) }),
    () => terminal.ws.terminate(),
  );
  heard.push((text) => shell.take(text));
  shell.take(early);
  return shell;
}
