/** The connection to the session-host: what the program writes comes from here, what it reads goes there. */
import { createConnection, type Socket } from 'node:net';
import { decode, encode } from '../../protocol/codec.ts';
import { FrameStream } from '../../protocol/frame.ts';
import {
  FROM_START,
  fromSession,
  MAX_SESSION_FRAME,
  SESSION_PROTOCOL_VERSION,
  toSession,
} from '../../protocol/gateway-session.ts';
import { type Limits, waitFor } from './patience.ts';
import { RunError } from './run-error.ts';

export interface Joining {
  readonly key: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly leader: number;
  readonly limits: Limits;
}

export async function joinSession(
  path: string,
  { key, rows, columns, leader, limits }: Joining,
): Promise<FrameStream> {
  const frames = new FrameStream(await dial(path), MAX_SESSION_FRAME);
  const version = SESSION_PROTOCOL_VERSION;
  const from = { viewer: 0n, from: FROM_START };
  frames.send(encode(toSession, { name: 'hello', version, key, ...from, rows, columns }));
  const patience = { what: 'to join the session', ms: limits.hello };
  const first = await waitFor(
    frames.next().catch(() => null),
    leader,
    patience,
  );
  if (first === null)
    throw new RunError("wanted to join the session, came a refusal; see the server's log");
  const hello = decode(fromSession, first);
  if (hello.name === 'hello' && hello.version === version) return frames;
  throw new RunError(
    `wanted a session-host of version ${version}, came another; restart the server`,
  );
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      reject(new RunError(`wanted the session at '${path}', came ${code}; see the server's log`)),
    );
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
