/** What root's CLI asks for: how the server is, what runs, and the end of it. */
import { VERSION } from '../../lib/version.ts';
import type { ActiveSession, CliRequests, Status } from '../../protocol/cli-broker.ts';
import type { PamSessionId, SessionId } from '../../protocol/ids.ts';
import { splitToFit } from '../base/fit-frame.ts';
import { ProblemError } from '../base/problem.ts';
import { closePamSession, whenClosedOrStuck } from '../pam-sessions/close-pam-session.ts';
import { endSession, whenEndedOrStuck } from '../pam-sessions/end-session.ts';
import { renameSession } from '../sessions/rename-session.ts';
import { findSession } from '../sessions/require-session.ts';
import type { Broker } from '../state/context.ts';
import { sample } from '../usage/watch-sessions.ts';
import { SHOW_ENDED_MS } from '../views/announce.ts';
import { explainStuck, explainStuckPam } from '../views/explain-stuck.ts';
import { listTroubles } from '../views/list-troubles.ts';
import { pamViewOf } from '../views/pam-session-view.ts';
import { activeViewOf } from '../views/session-view.ts';

/** Rows that one answer looks at: others wait for it. */
const PAGE = 500;
const ROOT = { user: 'root', uid: 0 } as const;

export function tellStatus(broker: Broker): Status {
  return {
    version: VERSION,
    brokerStarted: broker.startedAt,
    gatewayConnected: broker.gateways.size > 0,
    loginProfile: broker.settings.loginProfile,
    sessionProfile: broker.settings.sessionProfile,
    tickets: broker.tickets.count(),
    sessions: broker.sessions.countLive(),
    ...broker.pamSessions.countLive(),
    troubles: listTroubles(broker),
    warnings: broker.warnings,
  };
}

export function setDatabaseAside(broker: Broker): { readonly aside: string } {
  const aside = broker.store.setAside();
  broker.audit({ event: 'database-set-aside', ...ROOT, detail: aside });
  return { aside };
}

export function listActive(
  broker: Broker,
  { ended, after }: CliRequests['active-sessions']['ask'],
): CliRequests['active-sessions']['answer'] {
  const rows = broker.sessions.listPage(shownSince(broker, ended), after ?? null, PAGE);
  const views = rows.map((row) => ({ ...activeViewOf(broker, row), ...sample(broker, row) }));
  const { fitting, isLast } = fitPage(views);
  return { sessions: fitting, next: isLast ? null : fitting.at(-1)!.id };
}

export function listPamSessions(
  broker: Broker,
  { ended, after }: CliRequests['pam-sessions']['ask'],
): CliRequests['pam-sessions']['answer'] {
  const rows = broker.pamSessions.listPage(shownSince(broker, ended), after ?? null, PAGE);
  const { fitting, isLast } = fitPage(rows.map((row) => pamViewOf(broker, row)));
  return { pamSessions: fitting, next: isLast ? null : fitting.at(-1)!.id };
}

function shownSince(broker: Broker, ended = false): number {
  return broker.now() - (ended ? SHOW_ENDED_MS : 0);
}

/** As many as a frame holds; isLast: there are no more behind them. */
function fitPage<T>(views: readonly T[]): { readonly fitting: T[]; readonly isLast: boolean } {
  const [fitting = []] = splitToFit(views);
  return { fitting, isLast: fitting.length === views.length && views.length < PAGE };
}

export function renameByRoot(
  broker: Broker,
  { session, name }: { readonly session: SessionId; readonly name: string },
): { readonly session: ActiveSession } {
  const row = renameSession(broker, findSession(broker, session), name, ROOT);
  return { session: activeViewOf(broker, row) };
}

export async function killSession(
  broker: Broker,
  ask: { readonly session: SessionId },
): Promise<Record<string, never>> {
  const row = findSession(broker, ask.session);
  const { id, user } = row;
  broker.audit({ event: 'kill-session', ...ROOT, session: id, detail: `of '${user}'` });
  endSession(broker, row, 'administrator');
  const last = await whenEndedOrStuck(broker, findSession(broker, id));
  requireEnd('session', id, last.state, () => explainStuck(broker, last));
  return {};
}

export async function closeByRoot(
  broker: Broker,
  ask: { readonly pamSession: PamSessionId },
): Promise<Record<string, never>> {
  const row = findPamSession(broker, ask.pamSession);
  const { id, user } = row;
  broker.audit({ event: 'close-pam-session', ...ROOT, session: id, detail: `of '${user}'` });
  closePamSession(broker, row, 'administrator');
  const last = await whenClosedOrStuck(broker, findPamSession(broker, id));
  requireEnd('PAM session', id, last.state, () => explainStuckPam(broker, last));
  return {};
}

function findPamSession({ pamSessions }: Broker, id: PamSessionId) {
  const row = pamSessions.find(id);
  if (row !== undefined) return row;
  const text = 'There is no such PAM session.';
  throw new ProblemError('session-not-found', `there is no PAM session ${id}`, text);
}

/** explain: what it waits for while it is stuck. */
function requireEnd(what: string, id: string, state: string, explain: () => string): void {
  const why = whyNotOver(what, state, explain);
  if (why !== null) throw new ProblemError('internal', `${what} ${id} is '${state}'`, why);
}

function whyNotOver(what: string, state: string, explain: () => string): string | null {
  if (state === 'stuck') return `The ${what} is stuck. ${explain()}`;
  if (state !== 'unclean') return null;
  return 'Its leader died before it had closed the PAM session.';
}
