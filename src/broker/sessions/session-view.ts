/** What the page and root's CLI see of a session's row. */
import type { ActiveSession } from '../../protocol/cli-broker.ts';
import type { SessionView } from '../../protocol/page-gateway.ts';
import type { SessionRow } from './session-store.ts';

export function viewOf(row: SessionRow): SessionView {
  const { id, kind, name, state, started, ended, tty, exitStatus, problem } = row;
  return { id, kind, name, state, started, ended, tty, exitStatus, problem };
}

export function activeViewOf(row: SessionRow): ActiveSession {
  const { user, uid, pid, origin, address } = row;
  return { ...viewOf(row), user, uid, pid, origin, address };
}
