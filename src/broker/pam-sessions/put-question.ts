/**
 * A module asks while a PAM session opens. The user is asked, if they wait for the session and have a page open.
 * Otherwise, and if they do not answer in time, the question is cancelled: the module decides what that means.
 */
import { KEY_SECONDS } from '../../protocol/broker-leader.ts';
import type { PamSessionRow } from '../rows/pam-session-row.ts';
import { isOpening } from '../rows/pam-session-transitions.ts';
import type { Broker, Link } from '../state/context.ts';
import { forgetStep } from '../state/forget-step.ts';
import { isLookedAt } from '../state/watch.ts';
import type { Outcome } from '../talks/start-talk.ts';
import { announceSession } from '../views/announce.ts';
import { startsOf } from '../views/waits-for.ts';
import { watchPamSession } from './watch-step.ts';

/** How often it checks whether a page is still open. */
const LOOK_MS = 5_000;
/**
 * Waiting questions of one user. Each keeps a leader and its watch, two root processes, until it is answered. rootd
 * does not limit these leaders any more, because their grant was valid.
 */
const MOST_WAITING = 3;
/** Shorter than the lifetime of a conversation key, after which the leader gives up by itself. */
const LONGEST_MS = (KEY_SECONDS - 5) * 1000;
/** Characters of a question in the audit. */
const LONGEST_IN_AUDIT = 200;

export function putQuestion(broker: Broker, link: Link): void {
  const row = broker.pamSessions.find(link.pamSession);
  const why = row === undefined ? 'absent' : refuseQuestion(broker, row);
  if (why !== null) {
    cancelQuestion(broker, link, why);
    return;
  }
  forgetStep(broker, link.pamSession);
  tellStarts(broker, link);
  const ms = Math.min((link.talk?.patience ?? 0) * 1000, LONGEST_MS);
  waitOn(broker, link, broker.clock.monotonic() + ms);
}

/** The module is told that there is no answer. */
export function cancelQuestion(broker: Broker, link: Link, why: Exclude<Outcome, 'given'>): void {
  if (closeQuestion(broker, link, why)) link.leader.send({ name: 'cancel' });
}

/** sealed: as many as were asked for. */
export function answerQuestion(
  broker: Broker,
  link: Link,
  first: number,
  sealed: readonly Uint8Array[],
): void {
  if (!closeQuestion(broker, link, 'given')) return;
  link.leader.send({ name: 'answer', first, sealed });
}

/** Ends the conversation. */
export function endTalk(broker: Broker, link: Link): void {
  if (link.talk === null || link.talk.over) return;
  const { begun } = link.talk;
  link.talk.end();
  if (begun) tellStarts(broker, link);
}

/** Announces the sessions that wait for it: their view shows whether PAM has said or asked something. */
export function tellStarts(broker: Broker, link: Link): void {
  const row = broker.pamSessions.find(link.pamSession);
  if (row === undefined) return;
  for (const start of startsOf(broker, row)) announceSession(broker, start);
}

function refuseQuestion(broker: Broker, row: PamSessionRow): Exclude<Outcome, 'given'> | null {
  if (broker.unwanted.has(row.id)) return 'cancelled';
  if (startsOf(broker, row).length === 0 || !isLookedAt(broker, row)) return 'absent';
  const waiting = broker.pamSessions
    .listLiveOf(row)
    .filter(({ id }) => id !== row.id && broker.links.get(id)?.talk?.question);
  return waiting.length >= MOST_WAITING ? 'full' : null;
}

function waitOn(broker: Broker, link: Link, deadline: number): void {
  const { talk } = link;
  const row = broker.pamSessions.find(link.pamSession);
  if (talk === null || row === undefined) return;
  const left = deadline - broker.clock.monotonic();
  if (left <= 0) cancelQuestion(broker, link, 'late');
  else if (!isLookedAt(broker, row)) cancelQuestion(broker, link, 'absent');
  else talk.timer = setTimeout(waitOn, Math.min(left, LOOK_MS), broker, link, deadline).unref();
}

/** False: there is no question. */
function closeQuestion(broker: Broker, link: Link, outcome: Outcome): boolean {
  const question = link.talk?.question ?? null;
  const row = broker.pamSessions.find(link.pamSession);
  if (question === null || row === undefined) return false;
  link.talk?.closeQuestion(outcome);
  const text = question.text.trim().slice(0, LONGEST_IN_AUDIT);
  const detail = `'${text}' ${outcome === 'given' ? 'answered' : `not answered: ${outcome}`}`;
  const { id: session, user, uid, address } = row;
  broker.audit({ event: 'session-question', user, uid, address, session, detail });
  if (isOpening(row.state)) watchPamSession(broker, row.id, 'pam');
  tellStarts(broker, link);
  return true;
}
