/** All requests of the gateway and of root's CLI: the schema of each, and the function that answers it. */
import * as v from 'valibot';
import type { CliRequests } from '../../protocol/cli-broker.ts';
import type { Requests } from '../../protocol/gateway-broker.ts';
import {
  type ConversationId,
  ID_PATTERN,
  type PamSessionId,
  type SessionId,
  type TicketId,
} from '../../protocol/ids.ts';
import { isHostName } from '../../protocol/names.ts';
import type { Peer } from '../base/peer.ts';
import { visitHome } from '../home/visit-home.ts';
import { endSession } from '../pam-sessions/end-session.ts';
import { answerStart, cancelStart } from '../sessions/answer-start.ts';
import { closeOwnPamSession } from '../sessions/close-own-pam-session.ts';
import { dialSession, enterSession, passSession, touchSession } from '../sessions/enter-session.ts';
import { renameSession } from '../sessions/rename-session.ts';
import { requireSession } from '../sessions/require-session.ts';
import { requireKind, startSession } from '../sessions/start-session.ts';
import { answerSignIn, cancelSignIn } from '../sign-in/answer-sign-in.ts';
import { startSignIn } from '../sign-in/start-sign-in.ts';
import type { Broker } from '../state/context.ts';
import { checkTicket, requireTicket } from '../tickets/check-ticket.ts';
import {
  endSignIn,
  listSignIns,
  signOut,
  signOutByRoot,
  signOutEverywhere,
} from '../tickets/sign-ins.ts';
import { watchSessions } from '../usage/watch-sessions.ts';
import { holdingsOf } from '../views/announce.ts';
import { viewOf } from '../views/session-view.ts';
import { closeByRoot, forceSuspend, killSession } from './end-for-root.ts';
import {
  listActive,
  listPamSessions,
  renameByRoot,
  setDatabaseAside,
  tellStatus,
} from './for-root.ts';
import { forceSuspendAll } from './force-suspend-all.ts';

type Table<R extends { [K in keyof R]: { ask: object; answer: object } }> = {
  readonly [K in keyof R]: {
    readonly ask: v.GenericSchema<unknown, R[K]['ask']>;
    readonly handle: (
      broker: Broker,
      ask: R[K]['ask'],
      peer: Peer,
    ) => R[K]['answer'] | Promise<R[K]['answer']>;
  };
};

const conversation = idOf<ConversationId>();
const session = idOf<SessionId>();
const pamSession = idOf<PamSessionId>();
const signIn = idOf<TicketId>();
/** Tickets, passes and codes. Their format is not checked: one with an incorrect format is simply not found. */
const secret = v.pipe(v.string(), v.maxLength(100));
/** rename-session.ts checks the rest. */
const name = v.pipe(v.string(), v.maxLength(1024));
const origin = v.object({
  address: v.pipe(v.string(), v.check(isHostName)),
  userAgent: v.pipe(v.string(), v.maxLength(1024)),
});
const sealed = v.pipe(v.array(v.pipe(v.string(), v.maxLength(1024), v.base64())), v.maxLength(32));

export const gatewayRequests: Table<Requests> = {
  'sign-in-start': {
    ask: v.object({
      conversation,
      user: v.pipe(v.string(), v.maxLength(1024)),
      origin,
      browser: v.optional(secret),
    }),
    handle: startSignIn,
  },
  'sign-in-answer': { ask: v.object({ conversation, sealed }), handle: answerSignIn },
  'sign-in-cancel': { ask: v.object({ conversation }), handle: cancelSignIn },
  'ticket-check': { ask: v.object({ ticket: secret, active: v.boolean() }), handle: checkTicket },
  'sign-out': { ask: v.object({ ticket: secret }), handle: signOut },
  'sign-out-everywhere': { ask: v.object({ ticket: secret }), handle: signOutEverywhere },
  'sign-in-list': { ask: v.object({ ticket: secret }), handle: listSignIns },
  'sign-in-end': { ask: v.object({ ticket: secret, signIn }), handle: endSignIn },
  'home-visit': {
    ask: v.object({ ticket: secret, origin, retry: v.boolean() }),
    handle: visitHome,
  },
  'session-list': {
    ask: v.object({ ticket: secret }),
    handle: (broker, { ticket }) => holdingsOf(broker, requireTicket(broker, ticket)),
  },
  'session-start': {
    ask: v.object({ ticket: secret, kind: v.pipe(v.string(), v.maxLength(64)), origin }),
    handle: (broker, { ticket, kind, origin }) => {
      const start = { kind: requireKind(broker, kind), origin };
      return {
        session: viewOf(broker, startSession(broker, requireTicket(broker, ticket), start)),
      };
    },
  },
  'session-answer': {
    ask: v.object({ ticket: secret, session, after: v.pipe(v.number(), v.integer()), sealed }),
    handle: answerStart,
  },
  'session-cancel': { ask: v.object({ ticket: secret, session }), handle: cancelStart },
  'session-rename': {
    ask: v.object({ ticket: secret, session, name }),
    handle: (broker, ask) => {
      const ticket = requireTicket(broker, ask.ticket);
      const row = requireSession(broker, ticket, ask.session);
      const { user, uid } = ticket;
      return { session: viewOf(broker, renameSession(broker, row, ask.name, { user, uid })) };
    },
  },
  'session-watch': {
    ask: v.object({ ticket: secret }),
    handle: (broker, { ticket }) => {
      watchSessions(broker, requireTicket(broker, ticket));
      return {};
    },
  },
  'session-end': {
    ask: v.object({ ticket: secret, session }),
    handle: (broker, ask) => {
      endSession(
        broker,
        requireSession(broker, requireTicket(broker, ask.ticket), ask.session),
        'user',
      );
      return {};
    },
  },
  'pam-session-close': {
    ask: v.object({ ticket: secret, pamSession }),
    handle: closeOwnPamSession,
  },
  'session-enter': {
    ask: v.object({ ticket: secret, session, browser: secret }),
    handle: enterSession,
  },
  'session-pass': {
    ask: v.object({ code: secret, session, browser: secret }),
    handle: passSession,
  },
  'session-dial': { ask: v.object({ pass: secret, session }), handle: dialSession },
  'session-active': { ask: v.object({ pass: secret, session }), handle: touchSession },
};

export const cliRequests: Table<CliRequests> = {
  status: { ask: v.object({}), handle: tellStatus },
  'active-sessions': {
    ask: v.object({ ended: v.optional(v.boolean()), after: v.optional(session) }),
    handle: listActive,
  },
  'rename-session': { ask: v.object({ session, name }), handle: renameByRoot },
  'end-sign-ins': {
    ask: v.object({ user: v.nullable(v.pipe(v.string(), v.maxLength(255))) }),
    handle: signOutByRoot,
  },
  'set-database-aside': { ask: v.object({}), handle: setDatabaseAside },
  'kill-session': { ask: v.object({ session }), handle: killSession },
  'force-suspend-session': { ask: v.object({ session }), handle: forceSuspend },
  'force-suspend-all': { ask: v.object({}), handle: forceSuspendAll },
  'pam-sessions': {
    ask: v.object({ ended: v.optional(v.boolean()), after: v.optional(pamSession) }),
    handle: listPamSessions,
  },
  'close-pam-session': { ask: v.object({ pamSession }), handle: closeByRoot },
};

function idOf<T extends string>() {
  return v.pipe(
    v.string(),
    v.regex(ID_PATTERN),
    v.transform((text) => text as T),
  );
}
