/** A leader tells the pid of a program only to the one who had it spawned; others read it in a hello. */
import { join } from 'node:path';
import type { Broker } from '../context.ts';
import { connectLeader } from '../leader-client.ts';
import { noteSession } from './change-session.ts';
import type { SessionRow } from './session-store.ts';

/** Whoever asks for the list waits at most so long. */
const HELLO_MS = 500;

/** Asks the leaders of root's runs that were adopted before their program ran. */
export async function learnPrograms(broker: Broker): Promise<void> {
  const unknown = broker.sessions.listLive().filter(({ state, pid }) => {
    return state === 'running' && pid === 0;
  });
  await Promise.all(unknown.map((row) => learnProgram(broker, row)));
}

async function learnProgram(broker: Broker, { id }: SessionRow): Promise<void> {
  try {
    const leader = await connectLeader(join(broker.paths.leaders, id), HELLO_MS);
    leader.destroy();
    if (leader.hello.program > 0) noteSession(broker, id, { pid: leader.hello.program });
  } catch {
    // It stays unknown: the connection that follows the leader tells what has become of it.
  }
}
