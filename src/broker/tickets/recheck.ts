/**
 * Whoever may not sign in any more is not signed in any more: PAM is asked again now and then, and when a session
 * starts. One question for each person at a time.
 */
import { log } from '../../lib/log.ts';
import { type Person, personKey } from '../rows/person.ts';
import type { AccountVerdict } from '../state/account-checks.ts';
import type { Broker } from '../state/context.ts';
import { checkAccount } from './check-account.ts';
import { revokeTickets } from './revoke-tickets.ts';

type Kind = AccountVerdict['kind'];

/** A session that starts so soon after a check needs none. */
const RECENT_MS = 10_000;
/** The clean-up that looks for whose turn it is comes every 10 s, and the answers take their time. */
const EARLY_MS = 20_000;
/** Questions at the same time: each is a leader, which those who sign in need too. */
const AT_ONCE = 4;

/** PAM has just let them in. */
export function noteAsked(broker: Broker, person: Person): void {
  broker.checks.asked.set(personKey(person), broker.clock.monotonic());
}

/** Asks unless it did within maxAgeMs. Never rejects; who is refused loses all tickets. */
export function recheck(broker: Broker, person: Person, maxAgeMs: number): Promise<Kind> {
  const { asked, underWay } = broker.checks;
  const key = personKey(person);
  const answering = underWay.get(key);
  if (answering !== undefined) return answering;
  const age = broker.clock.monotonic() - (asked.get(key) ?? -Infinity);
  if (age < maxAgeMs) return Promise.resolve('unknown');
  noteAsked(broker, person);
  const answer = ask(broker, person)
    .catch((error): Kind => {
      log.error('account-check-failed', { user: person.user, error });
      return 'unknown';
    })
    .finally(() => underWay.delete(key));
  underWay.set(key, answer);
  return answer;
}

/** In parallel to the start of a session: true when its person is refused. */
export async function isRefusedAtStart(broker: Broker, person: Person): Promise<boolean> {
  return (await recheck(broker, person, RECENT_MS)) === 'refused';
}

/** Those whose turn it is, a few at a time. */
export async function recheckDue(broker: Broker): Promise<void> {
  const { checks, settings } = broker;
  if (settings.recheckMinutes === 0 || checks.isRound) return;
  const queue = personsOf(broker).values();
  checks.isRound = true;
  const work = async () => {
    for (const person of queue) {
      await recheck(broker, person, settings.recheckMinutes * 60_000 - EARLY_MS);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  checks.isRound = false;
}

/** Everybody who is signed in; forgets the others. */
function personsOf({ tickets, checks }: Broker): Map<string, Person> {
  const persons = new Map(tickets.listAll().map((ticket) => [personKey(ticket), ticket]));
  for (const key of checks.asked.keys()) if (!persons.has(key)) checks.asked.delete(key);
  return persons;
}

async function ask(broker: Broker, person: Person): Promise<Kind> {
  const ticket = broker.tickets.listOf(person).at(-1);
  if (ticket === undefined) return 'unknown';
  const { kind, detail } = await checkAccount(broker, ticket);
  if (kind === 'unknown') log.warning('account-not-checked', { user: person.user, detail });
  if (kind === 'refused') {
    revokeTickets(broker, broker.tickets.listOf(person), 'account-refused', detail);
  }
  return kind;
}
