/**
 * Turns a step of a sign-in from the broker's form into the page's: prompts with a verified key, or the ticket cookie.
 */
import type { Context } from 'hono';
import { KEY_SECONDS } from '../../protocol/broker-leader.ts';
import type { BrokerSignInStep } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { Home, SignInStep } from '../../protocol/page-gateway.ts';
import type { Env, Gateway } from '../gateway.ts';
import { Failure } from '../problem.ts';
import {
  browserCookie,
  clearCookie,
  readCookie,
  SIGN_IN_COOKIE,
  signInCookie,
  TICKET_COOKIE,
  ticketCookie,
} from '../security/cookies.ts';
import { endTicket } from './sign-out.ts';
import { verifyKey } from './verify-key.ts';

/** Timeout of the broker's answer: as long as a key is good, since a PAM module may take that long. */
export const SIGN_IN_MS = KEY_SECONDS * 1000;

type Asking = Extract<BrokerSignInStep, { kind: 'prompts' | 'waiting' }>;
export type SignedIn = Extract<BrokerSignInStep, { kind: 'signed-in' }>;

/** conversation: of the request. home: for the last step, what the home page shows. */
export function answerStep(
  gateway: Gateway,
  c: Context<Env>,
  conversation: ConversationId,
  step: BrokerSignInStep,
  home: Home | null = null,
): Response {
  if (c.env.outgoing.destroyed) {
    undo(gateway, conversation, step);
    throw new Failure('conversation-gone', 'the browser closed the connection while PAM worked');
  }
  if (step.kind === 'signed-in') return giveTicket(gateway, c, step, home);
  return askOn(gateway, c, conversation, step);
}

function askOn(
  gateway: Gateway,
  c: Context<Env>,
  conversation: ConversationId,
  step: Asking,
): Response {
  try {
    const key = verifyKey(gateway.hostKey, conversation, step.key);
    const secret = gateway.conversations.secretFor(
      readCookie(c.req.header('cookie'), SIGN_IN_COOKIE),
    );
    gateway.conversations.bind(conversation, secret);
    c.header('set-cookie', signInCookie(secret, KEY_SECONDS), { append: true });
    return c.json<SignInStep>({ ...step, conversation, key });
  } catch (error) {
    cancel(gateway, conversation);
    throw error;
  }
}

/** Ends the ticket that this browser had before: its cookie is being replaced. */
function giveTicket(
  gateway: Gateway,
  c: Context<Env>,
  step: SignedIn,
  home: Home | null,
): Response {
  const earlier = readCookie(c.req.header('cookie'), TICKET_COOKIE);
  if (earlier !== undefined) endUnused(gateway, earlier);
  gateway.tickets.keep(step.ticket, step.info, true);
  c.header('set-cookie', ticketCookie(step.ticket), { append: true });
  c.header('set-cookie', clearCookie(SIGN_IN_COOKIE), { append: true });
  c.header('set-cookie', browserCookie(step.browser), { append: true });
  return c.json<SignInStep>({ kind: 'signed-in', user: step.user, items: step.items, home });
}

/** For a browser that has gone: cancels the conversation, or ends the ticket. */
function undo(gateway: Gateway, conversation: ConversationId, step: BrokerSignInStep): void {
  if (step.kind === 'signed-in') endUnused(gateway, step.ticket);
  else cancel(gateway, conversation);
}

function cancel(gateway: Gateway, conversation: ConversationId): void {
  gateway.conversations.end(conversation);
  gateway.broker.request('sign-in-cancel', { conversation }).catch((detail) => {
    gateway.log.warning('conversation not cancelled', { conversation, detail });
  });
}

function endUnused(gateway: Gateway, ticket: string): void {
  endTicket(gateway, ticket).catch((detail) => {
    gateway.log.warning('unused ticket not ended', { detail });
  });
}
