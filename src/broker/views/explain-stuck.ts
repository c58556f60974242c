/** What a stuck session waits for, in words for its person and for the administrator: looked at when it is told. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { explainHeld, explainLeader } from '../../lib/explain-held.ts';
import type { ProcessState } from '../../lib/process-state.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Broker } from '../state/context.ts';
import { leaderOf } from './leader-process.ts';

export function explainStuck(broker: Broker, row: SessionRow): string {
  const leader = leaderOf(broker, row);
  const held = explainLeader(leader);
  if (held !== null) return held;
  const link = broker.links.get(row.id);
  if (link === undefined) return unreachable(leader);
  if (!link.opened)
    return 'PAM has not opened it yet: a module, or a file system that it needs, does not answer.';
  if (isCutOff(broker, row) && !broker.unwanted.has(row.id))
    return 'It still runs, but nobody can get to its terminal: its socket was deleted. It can be ended.';
  return explainHeld(leader) ?? 'PAM does not close it: see the log of its leader.';
}

/** The socket of its terminal is gone, with its directory; another cannot be made. */
export function isCutOff({ paths }: Broker, { id, kind }: SessionRow): boolean {
  return kind === 'terminal' && !existsSync(join(paths.sessions, id));
}

function unreachable(leader: ProcessState | null): string {
  if (leader === null) return 'Its leader does not answer.';
  return `It still runs, but cannot be reached: its leader, process ${leader.pid}, does not answer.`;
}
