/** What a leader's outcome means for the person: prompts, a ticket, or a problem in words that fit. */
import { LEADER_STAGES } from '../../protocol/broker-leader.ts';
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import type { Uid, UserName } from '../../protocol/ids.ts';
import type { PromptItem } from '../../protocol/page-gateway.ts';
import type { ProblemCode } from '../../protocol/problems.ts';
import type { Broker } from '../context.ts';
import { isMachineFault } from '../pam-verdict.ts';
import { ProblemError } from '../problem.ts';
import { issueTicket } from '../tickets/issue-ticket.ts';
import type { Conversation, Outcome } from './conversation.ts';

type Failed = Extract<Outcome, { kind: 'failed' }>['message'];

export function giveStep(
  broker: Broker,
  conversation: Conversation,
  outcome: Outcome,
): BrokerSignInStep {
  const { items } = outcome;
  switch (outcome.kind) {
    case 'prompts':
      return { kind: 'prompts', conversation: conversation.id, key: outcome.key, items };
    case 'authenticated':
      return signIn(broker, conversation, outcome);
    case 'failed': {
      const { code, text } = outcome.message;
      const detail = `${stageOf(outcome.message)}: ${text} (PAM ${code})`;
      const problem = problemCodeOf(outcome.message);
      throw refuseSignIn(broker, conversation, problem, detail, shownErrors(items));
    }
    case 'lost':
      throw refuseSignIn(broker, conversation, outcome.code, outcome.detail);
  }
}

/** Ends the conversation and writes the refusal down. */
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
  const { ticket, info } = issueTicket(broker, {
    user,
    uid: message.uid as Uid,
    grant: message.grant,
    grantEnd: Number(message.expires),
    ...conversation.origin,
  });
  conversation.end('signed in');
  return { kind: 'signed-in', user, ticket, info, items };
}

export function problemCodeOf(failure: Failed): ProblemCode {
  const { code } = failure;
  switch (stageOf(failure)) {
    case 'authenticate':
      return isMachineFault(code) ? 'sign-in-unavailable' : 'sign-in-failed';
    case 'policy':
    case 'account':
    case 'password':
    case 'user':
      return isMachineFault(code) ? 'sign-in-unavailable' : 'sign-in-refused';
    default:
      return 'sign-in-unavailable';
  }
}

function stageOf({ stage }: Failed): string {
  return LEADER_STAGES[stage] ?? `stage ${stage}`;
}

/** A module's own words (account expired, nologin) say more than the code does; on Debian the code says nothing. */
function shownErrors(items: readonly PromptItem[]): string | undefined {
  const texts = items.filter(({ style }) => style === 'error').map(({ text }) => text.trim());
  return texts.filter((text) => text !== '').join('\n') || undefined;
}
