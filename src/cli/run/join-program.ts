/** Connects to the session-host, which sends the program's output and gets its input. */
import { dial } from '../../launcher/dial.ts';
import { joinSession } from '../../launcher/join-session.ts';
import type { FrameStream } from '../../protocol/frame.ts';
import { FROM_START } from '../../protocol/gateway-session.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { type Limits, waitFor } from './patience.ts';
import { RunError } from './run-error.ts';

export interface Joining {
  /** Directory of the sessions' sockets. */
  readonly sessions: string;
  readonly key: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  readonly leader: number;
  readonly limits: Limits;
}

export async function joinProgram(session: SessionId, joining: Joining): Promise<FrameStream> {
  const { leader, limits } = joining;
  const over = new AbortController();
  const joined = dialAndJoin(session, joining, over.signal).catch((error: Error) => {
    throw new RunError(error.message);
  });
  try {
    return await waitFor(joined, leader, { what: 'to join the session', ms: limits.hello });
  } catch (error) {
    over.abort();
    throw error;
  }
}

async function dialAndJoin(
  session: SessionId,
  { sessions, key, rows, columns }: Joining,
  signal: AbortSignal,
): Promise<FrameStream> {
  const stream = await dial({ place: 'local', session }, { signal, sessions });
  const viewer = { key, viewer: 0n, from: FROM_START, rows, columns };
  return (await joinSession(stream, viewer, signal)).frames;
}
