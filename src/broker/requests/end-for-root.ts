/** Ends a session, or a PAM session with all in it, for root's CLI. One that has ended already is reported as such. */
import type { CliRequests, SessionEnd } from '../../protocol/cli-broker.ts';
import { ProblemError } from '../base/problem.ts';
import { closeOnRequest, whenClosedOrStuck } from '../pam-sessions/close-pam-session.ts';
import { endSession, suspendByForce, whenEndedOrStuck } from '../pam-sessions/end-session.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isClosing } from '../rows/pam-session-transitions.ts';
import type { SessionRow } from '../rows/session-row.ts';
import type { Broker } from '../state/context.ts';
import { explainStuck, explainStuckPam } from '../views/explain-stuck.ts';
import { pamSessionOf } from '../views/pam-session-of.ts';
import { findPamSession, findSession, ROOT } from './find-for-root.ts';

/** What to do with the id of a PAM session. */
const OTHERWISE = "'vestibule pam close' closes it";
type Answers = { readonly [K in keyof CliRequests]: CliRequests[K]['answer'] };

export async function killSession(
  broker: Broker,
  ask: CliRequests['kill-session']['ask'],
): Promise<Answers['kill-session']> {
  const row = findSession(broker, ask.session, OTHERWISE);
  const { id, user, ended } = row;
  if (ended !== null) return endOf(row, ended, true, pamSessionOf(broker, row));
  broker.audit({ event: 'kill-session', ...ROOT, session: id, detail: `of '${user}'` });
  endSession(broker, row, 'administrator');
  return afterEnd(broker, row);
}

/** Of one that has ended already the PAM session is still closed. */
export async function forceSuspend(
  broker: Broker,
  ask: CliRequests['force-suspend-session']['ask'],
): Promise<Answers['force-suspend-session']> {
  const row = findSession(broker, ask.session, OTHERWISE);
  const { id, user } = row;
  broker.audit({ event: 'force-suspend-session', ...ROOT, session: id, detail: `of '${user}'` });
  suspendByForce(broker, row, 'administrator');
  return afterEnd(broker, row);
}

async function afterEnd(broker: Broker, { id, ended }: SessionRow): Promise<SessionEnd> {
  const row = broker.sessions.find(id);
  if (row === undefined) throw new Error(`session ${id} is gone`);
  const last = await whenEndedOrStuck(broker, row);
  const already = ended !== null;
  if (!already) requireEnd('session', last, () => explainStuck(broker, last));
  const pam = await pamSessionAfter(broker, last);
  return endOf(last, last.ended ?? broker.now(), already, pam);
}

function endOf(
  { state }: SessionRow,
  ended: number,
  already: boolean,
  pam: PamSessionRow | undefined,
): Answers['kill-session'] {
  return { state, ended, already, pamSession: pam?.state ?? null };
}

/** If the PAM session closes with its last session, waits for that. */
async function pamSessionAfter(broker: Broker, row: SessionRow) {
  const pam = pamSessionOf(broker, row);
  if (pam === undefined || !isClosing(pam.state)) return pam;
  const last = await whenClosedOrStuck(broker, pam);
  requireEnd('PAM session', last, () => explainStuckPam(broker, last));
  return last;
}

export async function closeByRoot(
  broker: Broker,
  ask: CliRequests['close-pam-session']['ask'],
): Promise<Answers['close-pam-session']> {
  const row = findPamSession(broker, ask.pamSession, "'vestibule kill-session' ends it");
  const { id, state, ended } = row;
  if (ended !== null) return { state, ended, already: true };
  closeOnRequest(broker, row, 'administrator', ROOT);
  const last = await whenClosedOrStuck(broker, broker.pamSessions.find(id) ?? row);
  requireEnd('PAM session', last, () => explainStuckPam(broker, last));
  return { state: last.state, ended: last.ended ?? broker.now(), already: false };
}

/** Throws if it is stuck or unclean. explain: why it is stuck. */
function requireEnd(
  what: string,
  { id, state }: SessionRow | PamSessionRow,
  explain: () => string,
): void {
  const why = whyNotOver(what, state, explain);
  if (why !== null) throw new ProblemError('internal', `${what} ${id} is '${state}'`, why);
}

function whyNotOver(what: string, state: string, explain: () => string): string | null {
  if (state === 'stuck') return `The ${what} is stuck. ${explain()}`;
  if (state !== 'unclean') return null;
  return 'Its leader died before it had closed the PAM session.';
}
