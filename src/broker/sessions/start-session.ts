/** Starts a session: in a PAM session of its own, or as one more program of its person's home session. */
import { inBackground } from '../../lib/in-background.ts';
import type { Origin } from '../../protocol/gateway-broker.ts';
import type { Broker } from '../context.ts';
import { requireHome } from '../home/open-home.ts';
import { isRefusedAtStart } from '../tickets/recheck.ts';
import type { Ticket } from '../tickets/ticket-store.ts';
import { changeSession } from './change-session.ts';
import { joinLeader } from './connect-session.ts';
import { endSession } from './end-session.ts';
import { freeName } from './free-name.ts';
import { failStart, isGivenUp, newSession, openPamSession } from './open-pam-session.ts';
import { requireRoom } from './require-room.ts';
import type { SessionRow } from './session-store.ts';
import { spawnProgram } from './spawn-program.ts';

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
