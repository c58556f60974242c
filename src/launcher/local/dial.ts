/** A session on this machine: its session-host listens on a socket in the session's directory. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { SessionId } from '../../protocol/ids.ts';

export async function dialLocal(
  sessions: string,
  session: SessionId,
  signal: AbortSignal,
): Promise<Duplex> {
  const path = join(sessions, session, 's');
  const socket = connect(path);
  // Also for the time after: between two owners of the stream an error must not end this process.
  socket.on('error', () => {});
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw new Error(`wanted the session at '${path}', got '${(error as Error).message}'`);
  }
}
