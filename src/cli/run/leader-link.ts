/** Our connection to a fresh leader, or vestibule-pam-test, by way of rootd: its end ends the PAM session, or the test. */
import {
  connectLeader,
  type FromLeader,
  type LeaderConnection,
  LeaderError,
  type ToLeader,
} from '../../launcher/leader-connection.ts';
import { type Limits, type Patience, waitFor } from './patience.ts';
import { RunError } from './run-error.ts';

export interface LeaderLink {
  readonly send: (message: ToLeader) => void;
  /** Its pid. */
  readonly leader: number;
  /** Rejects if the leader has closed the connection, or sends nothing for too long. */
  readonly next: (patience: Patience) => Promise<FromLeader>;
  readonly destroy: () => void;
}

export async function linkLeader(path: string, { hello }: Limits): Promise<LeaderLink> {
  const connection = await connectLeader(path, hello).catch((error: Error) => {
    throw error instanceof LeaderError ? explainError(error, path) : error;
  });
  const { pid: leader } = connection.hello;
  return {
    send: connection.send,
    leader,
    next: (patience) => waitFor(nextMessage(connection, patience.what), leader, patience),
    destroy: connection.destroy,
  };
}

function explainError({ code, message }: LeaderError, path: string): RunError {
  return new RunError(
    code === undefined
      ? `wanted a leader, got: ${message}; see the server's log`
      : `wanted the server at '${path}', got ${code}; is the server running? (vestibule status)`,
  );
}

async function nextMessage(leader: LeaderConnection, what: string): Promise<FromLeader> {
  const message = await leader.next().catch((error: Error) => {
    throw new RunError(`wanted ${what}, got '${error.message}'; see the server's log`);
  });
  if (message !== null) return message;
  throw new RunError(
    `wanted ${what}, got the end of the connection to the leader; see the server's log`,
  );
}
