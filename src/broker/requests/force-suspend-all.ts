/** Root ends all sessions and closes their PAM sessions. Home sessions in which no session runs stay open. */
import type { AllSuspended } from '../../protocol/cli-broker.ts';
import { beginClose, whenClosedOrStuck } from '../pam-sessions/close-pam-session.ts';
import { endSession } from '../pam-sessions/end-session.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import type { Broker } from '../state/context.ts';
import { isLeftOver } from '../views/idle-pam-sessions.ts';
import { ROOT } from './find-for-root.ts';

export async function forceSuspendAll(broker: Broker): Promise<AllSuspended> {
  const sessions = broker.sessions.countLive();
  const rows = broker.pamSessions.listLive().filter((row) => isConcerned(broker, row));
  const detail = `${sessions} sessions, ${rows.length} PAM sessions`;
  broker.audit({ event: 'force-suspend-all', ...ROOT, detail });
  for (const row of broker.sessions.listWaiting()) endSession(broker, row, 'administrator');
  for (const row of rows) beginClose(broker, row, 'administrator');
  const now = rows.map((row) => broker.pamSessions.find(row.id) ?? row);
  const last = await Promise.all(now.map((row) => whenClosedOrStuck(broker, row)));
  const left = last.filter(({ state }) => state === 'stuck' || state === 'unclean');
  const pamSessions = last.length - left.length;
  return { sessions, pamSessions, left: left.map(({ id, state }) => ({ id, state })) };
}

function isConcerned(broker: Broker, row: PamSessionRow): boolean {
  return broker.sessions.listIn(row).length > 0 || isLeftOver(broker, row);
}
