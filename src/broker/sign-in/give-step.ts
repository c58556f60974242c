/** Turns the outcome of a leader into a step for the page: prompts, a ticket or a problem. */
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import type { Uid, UserName } from '../../protocol/ids.ts';
import type { ProblemCode } from '../../protocol/problems.ts';
import { ProblemError } from '../base/problem.ts';
import type { Broker } from '../state/context.ts';
import type { Conversation, Outcome } from '../talks/conversation.ts';
import { stageOf } from '../talks/pam-verdict.ts';
import { issueTicket } from '../tickets/issue-ticket.ts';
import { attemptOf } from './attempt-of.ts';
import { problemCodeOf, shownErrors } from './judge-failure.ts';

export function giveStep(
  broker: Broker,
  conversation: Conversation,
  outcome: Extract<Outcome, { kind: 'prompts' | 'authenticated' }>,
): BrokerSignInStep {
  if (outcome.kind === 'authenticated') return signIn(broker, conversation, outcome);
  const { key, items } = outcome;
  return { kind: 'prompts', conversation: conversation.id, key, items };
}

export function refuseOutcome(
  broker: Broker,
  conversation: Conversation,
  outcome: Extract<Outcome, { kind: 'failed' | 'lost' }>,
): ProblemError {
  if (outcome.kind === 'lost') {
    return refuseSignIn(broker, conversation, outcome.code, outcome.detail);
  }
  const { code, text } = outcome.message;
  const detail = `${stageOf(outcome.message)}: ${text} (PAM ${code})`;
  const problem = problemCodeOf(broker.settings.loginProfile, outcome);
  return refuseSignIn(broker, conversation, problem, detail, shownErrors(outcome.items));
}

/** Ends the conversation and records the refusal in the audit. */
export function refuseSignIn(
  broker: Broker,
  conversation: Conversation,
  code: ProblemCode,
  detail: string,
  text?: string,
): ProblemError {
  conversation.end(detail);
  const error = new ProblemError(code, detail, text);
  broker.audit({
    event: 'sign-in-refused',
    user: conversation.user,
    address: conversation.origin.address,
    problem: code,
    reference: error.problem.reference,
    detail,
  });
  error.audited = true;
  return error;
}

function signIn(
  broker: Broker,
  conversation: Conversation,
  { message, items }: Extract<Outcome, { kind: 'authenticated' }>,
): BrokerSignInStep {
  const user = message.user as UserName;
  conversation.end('signed in');
  const { ticket, info } = issueTicket(broker, {
    user,
    uid: message.uid as Uid,
    typed: conversation.user,
    grant: message.grant,
    grantEnd: Number(message.expires),
    ...conversation.origin,
  });
  const browser = broker.throttle.recognize(attemptOf(conversation));
  return { kind: 'signed-in', user, ticket, browser, info, items };
}
