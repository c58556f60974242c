/**
 * One turn of a conversation: PAM works until it asks or has decided. The throttle counts the decision, and a failure
 * is delayed so that its time reveals nothing.
 */
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import { ProblemError } from '../base/problem.ts';
import type { Broker } from '../state/context.ts';
import type { Conversation, Outcome } from '../talks/conversation.ts';
import { untilGrid } from '../throttle/failure-grid.ts';
import type { Attempt } from '../throttle/throttle.ts';
import { attemptOf } from './attempt-of.ts';
import { giveStep, refuseOutcome } from './give-step.ts';
import { hearStep } from './hear-step.ts';
import { verdictOf } from './judge-failure.ts';

/** work: starts the sign-in, or sends PAM the answers. */
export function takeTurn(
  broker: Broker,
  conversation: Conversation,
  work: () => Promise<Outcome>,
): Promise<BrokerSignInStep> {
  const turn = judgeTurn(broker, conversation, work);
  // Requests get the failure through hearStep(). If none comes, it must not be an unhandled rejection.
  turn.catch(() => {});
  conversation.turn = turn;
  return hearStep(broker, conversation);
}

/** Returns a function, which issues the ticket only when a request fetches the result. */
async function judgeTurn(
  broker: Broker,
  conversation: Conversation,
  work: () => Promise<Outcome>,
): Promise<() => BrokerSignInStep> {
  const { clock, throttle } = broker;
  const attempt = attemptOf(conversation);
  const began = clock.monotonic();
  conversation.idleSince = null;
  throttle.begin(attempt);
  const outcome = await work();
  const before = throttle.lockMs(attempt);
  throttle.end(attempt, verdictOf(broker.settings.loginProfile, conversation, outcome));
  noteLock(broker, attempt, before);
  if (outcome.kind === 'prompts') {
    conversation.idleSince = clock.monotonic();
    broker.slots.makeRoom();
  }
  if (outcome.kind === 'prompts' || outcome.kind === 'authenticated') {
    return () => giveStep(broker, conversation, outcome);
  }
  const error = refuseOutcome(broker, conversation, outcome);
  if (outcome.kind === 'failed') await untilGrid(clock, began);
  throw error;
}

/** Not recorded in the audit: a locked client may try a thousand times a second. noteLock() records the lock itself. */
export function requirePatience(broker: Broker, attempt: Attempt): void {
  const waitMs = broker.throttle.waitMs(attempt);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  const text = `Too many failed sign-ins. Try again in ${inWords(seconds)}.`;
  const detail = `'${attempt.user}' from '${attempt.address}' has to wait ${seconds} s`;
  throw new ProblemError('too-many', detail, text, seconds);
}

function noteLock(broker: Broker, attempt: Attempt, before: number): void {
  const waitMs = broker.throttle.lockMs(attempt);
  if (waitMs <= before) return;
  const detail = `for ${Math.ceil(waitMs / 1000)} s`;
  const { user, address } = attempt;
  broker.audit({ event: 'sign-in-throttled', user, address, problem: 'too-many', detail });
}

function inWords(seconds: number): string {
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
