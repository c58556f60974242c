/**
 * Ends the sign-ins of users who may not sign in any more: PAM is asked again regularly, and when a session starts. For
 * each user there is only one check at a time.
 */
import { log } from '../../lib/log.ts';
import { type Person, personKey } from '../rows/person.ts';
import type { AccountVerdict } from '../state/account-checks.ts';
import type { Broker } from '../state/context.ts';
import { checkAccount } from './check-account.ts';
import { revokeTickets } from './revoke-tickets.ts';

type Kind = AccountVerdict['kind'];

/** A session that starts within this time after a check needs no check. */
const RECENT_MS = 10_000;
/** Checks begin this much before they are due: the clean-up starts them only every 10 s, and an answer takes time. */
const EARLY_MS = 20_000;
/** Checks at the same time. Each needs a leader, and so does each sign-in. */
const AT_ONCE = 4;

/** Records that PAM is asked now, or has just signed the user in. */
export function noteAsked(broker: Broker, person: Person): void {
  broker.checks.asked.set(personKey(person), broker.clock.monotonic());
}

/** Asks PAM unless it did within maxAgeMs. Never rejects. If the user is refused, all tickets are revoked. */
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

/** For the start of a session: whether its user is refused. */
export async function isRefusedAtStart(broker: Broker, person: Person): Promise<boolean> {
  return (await recheck(broker, person, RECENT_MS)) === 'refused';
}

/** Checks the users whose last check is too old, a few at a time. */
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

/** All users who are signed in; drops what is known of others. */
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
