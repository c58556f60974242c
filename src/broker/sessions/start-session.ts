/** Starts a session: in a PAM session of its own, or as one more program of its person's home session. */
import { inBackground } from '../../lib/in-background.ts';
import type { Origin } from '../../protocol/gateway-broker.ts';
import { changeSession } from '../changes/change-session.ts';
import { joinLeader } from '../follow/connect-session.ts';
import { requireHome } from '../home/open-home.ts';
import { failStart, isGivenUp, newSession, openPamSession } from '../opening/open-pam-session.ts';
import { endSession } from '../pam-sessions/end-session.ts';
import { spawnProgram } from '../pam-sessions/spawn-program.ts';
import type { SessionRow } from '../rows/session-store.ts';
import type { Ticket } from '../rows/ticket-store.ts';
import type { Broker } from '../state/context.ts';
import { isRefusedAtStart } from '../tickets/recheck.ts';
import { freeName } from '../views/free-name.ts';
import { requireRoom } from './require-room.ts';

export function startSession(broker: Broker, ticket: Ticket, { address }: Origin): SessionRow {
  const { sessionsEnabled, sessionsScope } = broker.settings;
  requireRoom(broker, ticket);
  const name = freeName(broker, ticket);
  const joins = sessionsEnabled && sessionsScope === 'user';
  const state = joins ? 'pending' : 'starting';
  const row = newSession(broker, ticket, { kind: 'terminal', name, address, state });
  if (joins) joinHome(broker, row, ticket).catch((error) => failStart(broker, row.id, error));
  else openPamSession(broker, row, ticket);
  inBackground('recheck', recheckAtStart(broker, row));
  return row;
}

async function joinHome(broker: Broker, row: SessionRow, ticket: Ticket): Promise<void> {
  const home = await requireHome(broker, ticket, row.address);
  if (isGivenUp(broker, row.id)) return;
  const link = joinLeader(broker, row, home);
  changeSession(broker, row.id, 'starting', { pamSession: home.session });
  spawnProgram(broker, link, ticket.grant);
}

/** Who turns out not to be allowed any more does not keep it. */
async function recheckAtStart(broker: Broker, { id, user, uid }: SessionRow): Promise<void> {
  if (!(await isRefusedAtStart(broker, { user, uid }))) return;
  const row = broker.sessions.find(id);
  if (row?.ended === null) endSession(broker, row, 'account');
}
