/** What root's CLI asks for: how the server is, which sessions there are, and the end of one. */
import { VERSION } from '../../lib/version.ts';
import type { ActiveSession, CliRequests, Status } from '../../protocol/cli-broker.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { splitToFit } from '../base/fit-frame.ts';
import { ProblemError } from '../base/problem.ts';
import { endSession, whenEndedOrStuck } from '../pam-sessions/end-session.ts';
import type { SessionRow } from '../rows/session-store.ts';
import { renameSession } from '../sessions/rename-session.ts';
import { findSession } from '../sessions/require-session.ts';
import type { Broker } from '../state/context.ts';
import { sample } from '../usage/watch-sessions.ts';
import { SHOW_ENDED_MS } from '../views/announce.ts';
import { explainStuck } from '../views/explain-stuck.ts';
import { listTroubles } from '../views/list-troubles.ts';
import { activeViewOf } from '../views/session-view.ts';

/** Sessions that one answer looks at: others wait for it. */
const PAGE = 500;

export function tellStatus(broker: Broker): Status {
  return {
    version: VERSION,
    brokerStarted: broker.startedAt,
    gatewayConnected: broker.gateways.size > 0,
    loginProfile: broker.settings.loginProfile,
    sessionProfile: broker.settings.sessionProfile,
    tickets: broker.tickets.count(),
    ...broker.sessions.countLive(),
    troubles: listTroubles(broker),
    warnings: broker.warnings,
  };
}

export function setDatabaseAside(broker: Broker): { readonly aside: string } {
  const aside = broker.store.setAside();
  broker.audit({ event: 'database-set-aside', user: 'root', uid: 0, detail: aside });
  return { aside };
}

export function listActive(
  broker: Broker,
  { ended = false, after }: CliRequests['active-sessions']['ask'],
): CliRequests['active-sessions']['answer'] {
  const since = broker.now() - (ended ? SHOW_ENDED_MS : 0);
  const rows = broker.sessions.listPage(since, after ?? null, PAGE);
  const views = rows.map((row) => ({ ...activeViewOf(broker, row), ...sample(broker, row) }));
  const [sessions = []] = splitToFit(views);
  const isLast = sessions.length === rows.length && rows.length < PAGE;
  return { sessions, next: isLast ? null : sessions.at(-1)!.id };
}

export function renameByRoot(
  broker: Broker,
  { session, name }: { readonly session: SessionId; readonly name: string },
): { readonly session: ActiveSession } {
  const by = { user: 'root', uid: 0 };
  const row = renameSession(broker, findSession(broker, session), name, by);
  return { session: activeViewOf(broker, row) };
}

export async function killSession(
  broker: Broker,
  ask: { readonly session: SessionId },
): Promise<Record<string, never>> {
  const row = findSession(broker, ask.session);
  broker.audit({
    event: 'kill-session',
    user: 'root',
    uid: 0,
    session: row.id,
    detail: `of '${row.user}'`,
  });
  endSession(broker, row, 'administrator');
  const last = await whenEndedOrStuck(broker, findSession(broker, row.id));
  const why = whyNotClosed(broker, last);
  if (why !== null) throw new ProblemError('internal', `session ${row.id} is '${last.state}'`, why);
  return {};
}

function whyNotClosed(broker: Broker, row: SessionRow): string | null {
  if (row.state === 'stuck') return `The session is stuck. ${explainStuck(broker, row)}`;
  if (row.state !== 'unclean') return null;
  return 'Its leader died before it had closed the PAM session.';
}
