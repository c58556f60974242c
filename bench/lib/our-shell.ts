/** A terminal of ours as a shell, on the WebSocket that the page uses. */

import { decode } from '../../src/protocol/codec.ts';
import { fromSession } from '../../src/protocol/gateway-session.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import type { WebClient } from '../../test/lib/client.ts';
import { Terminal } from '../../test/lib/client.ts';
import { Shell } from '../peers/shell.ts';

/** As the home page does: starts a session and enters it at once. */
export async function openShell(client: WebClient): Promise<Shell> {
  const { id } = await client.startTerminal();
  return await enterShell(client, id);
}

/** closing it leaves the session. */
export async function enterShell(client: WebClient, id: SessionId): Promise<Shell> {
  const origin = await client.enter(id);
  const socket = client.socket(new URL(`/s/${id}/socket`, origin));
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
