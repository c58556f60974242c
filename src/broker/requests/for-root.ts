/** Requests of root's CLI about the state of the server, its sessions and PAM sessions. */
import { VERSION } from '../../lib/version.ts';
import type { ActiveSession, CliRequests, Status } from '../../protocol/cli-broker.ts';
import type { SessionId } from '../../protocol/ids.ts';
import { splitToFit } from '../base/fit-frame.ts';
import { renameSession } from '../sessions/rename-session.ts';
import type { Broker } from '../state/context.ts';
import { sample } from '../usage/watch-sessions.ts';
import { SHOW_ENDED_MS } from '../views/announce.ts';
import { countIdle } from '../views/idle-pam-sessions.ts';
import { listTroubles } from '../views/list-troubles.ts';
import { pamViewOf } from '../views/pam-session-view.ts';
import { activeViewOf } from '../views/session-view.ts';
import { findSession, ROOT } from './find-for-root.ts';

/** Rows that one answer reads, while all other requests wait. */
const PAGE = 500;
/** For the id of a PAM session. */
const ONLY_SESSIONS = "only sessions have names; 'vestibule active-sessions' lists them";

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
    idlePamSessions: countIdle(broker),
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
  const next = isLast ? null : fitting.at(-1)!.id;
  return { sessions: fitting, next, idle: countIdle(broker) };
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

/** As many as fit a frame. isLast: no further rows follow. */
function fitPage<T>(views: readonly T[]): { readonly fitting: T[]; readonly isLast: boolean } {
  const [fitting = []] = splitToFit(views);
  return { fitting, isLast: fitting.length === views.length && views.length < PAGE };
}

export function renameByRoot(
  broker: Broker,
  { session, name }: { readonly session: SessionId; readonly name: string },
): { readonly session: ActiveSession } {
  const row = renameSession(broker, findSession(broker, session, ONLY_SESSIONS), name, ROOT);
  return { session: activeViewOf(broker, row) };
}
