/** Explains to users and administrators why a session is stuck. The reason is not stored: it is checked each time. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { kindNamed } from '../../kinds/kinds.ts';
import { explainHeld, explainLeader } from '../../lib/explain-held.ts';
import type { ProcessState } from '../../lib/process-state.ts';
import { type PamSessionRow, wasOpened } from '../rows/pam-session-row.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';
import { leaderOf } from './leader-process.ts';
import { pamSessionOf } from './pam-session-of.ts';

export function explainStuck(broker: Broker, row: SessionRow): string {
  const pam = pamSessionOf(broker, row);
  if (pam === undefined) return unreachable(null);
  const why = explainBeforeClose(broker, pam);
  if (why !== null) return why;
  const goesOn = row.exitStatus === null && row.endedBy === null && !broker.unwanted.has(row.id);
  if (goesOn && isCutOff(broker, row)) return kindNamed(broker.kinds, row.kind).words.cutOff;
  return explainClose(leaderOf(broker, pam));
}

export function explainStuckPam(broker: Broker, row: PamSessionRow): string {
  return explainBeforeClose(broker, row) ?? explainClose(leaderOf(broker, row));
}

/** null: its leader is connected, and PAM has opened it. */
function explainBeforeClose(broker: Broker, row: PamSessionRow): string | null {
  const leader = leaderOf(broker, row);
  const held = explainLeader(leader);
  if (held !== null) return held;
  if (!broker.links.has(row.id)) return unreachable(leader);
  if (wasOpened(row)) return null;
  return 'PAM has not opened it yet: a module, or a file system that it needs, does not answer.';
}

function explainClose(leader: ProcessState | null): string {
  return explainHeld(leader) ?? 'PAM does not close it: see the log of its leader.';
}

/** The directory with the socket of its session-host was deleted. The socket cannot be created again. */
export function isCutOff({ paths, kinds }: Broker, { id, kind }: SessionRow): boolean {
  return kindNamed(kinds, kind).talk !== null && !existsSync(join(paths.sessions, id));
}

function unreachable(leader: ProcessState | null): string {
  if (leader === null) return 'Its leader does not answer.';
  return `It still runs, but cannot be reached: its leader, process ${leader.pid}, does not answer.`;
}
