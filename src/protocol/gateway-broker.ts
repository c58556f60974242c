/**
 * The protocol between the gateway and the broker: a frame is a u32 length (big-endian, at most MAX_FRAME) and one JSON
 * object. The first frame in each direction is `{ "hello": "vestibule", "version": 1 }`; anything else closes the
 * connection. Then the gateway sends Request objects, each with an id. The broker answers with the same id, and sends
 * events, which have no id.
 */
import type { Trouble } from '../lib/trouble.ts';
import type {
  ConversationId,
  PamSessionId,
  Place,
  SessionId,
  TicketId,
  Uid,
  UserName,
} from './ids.ts';
import type {
  HomeSessionView,
  OpenPamSession,
  PromptItem,
  SessionStep,
  SessionView,
  SignInView,
} from './page-gateway.ts';
import type { Problem } from './problems.ts';

export const BROKER_PROTOCOL_VERSION = 1;
/** Bytes. */
export const MAX_FRAME = 1_048_576;

/** Where a request came from: the address of the client, for PAM_RHOST and the audit. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}
/**
 * The form of tickets, passes, codes and the cookie of a known browser: a version, then 32 random bytes in base64url.
 * Cookies outlive updates of gateway and broker; a value of another form is treated as unknown.
 */
export const SECRET_VERSION = 1;
export const SECRET_PATTERN = /^1\.[A-Za-z0-9_-]{43}$/;

export interface Requests {
  /**
   * conversation: a new id from the gateway, so that the signed key that comes back cannot be an older one. browser: the
   * cookie from the last sign-in in this browser, if there was one.
   */
  'sign-in-start': {
    ask: {
      conversation: ConversationId;
      user: string;
      origin: Origin;
      browser?: string | undefined;
    };
    answer: BrokerSignInStep;
  };
  'sign-in-answer': {
    ask: { conversation: ConversationId; sealed: readonly string[] };
    answer: BrokerSignInStep;
  };
  'sign-in-cancel': { ask: { conversation: ConversationId }; answer: Record<string, never> };
  /** active: the user did something, which extends the ticket. */
  'ticket-check': { ask: { ticket: string; active: boolean }; answer: TicketInfo };
  'sign-out': { ask: { ticket: string }; answer: Record<string, never> };
  /** Ends all tickets of the user, including this one. */
  'sign-out-everywhere': { ask: { ticket: string }; answer: Record<string, never> };
  'sign-in-list': { ask: { ticket: string }; answer: { signIns: readonly SignInView[] } };
  /** Ends one ticket of the user, by its id. */
  'sign-in-end': { ask: { ticket: string; signIn: TicketId }; answer: Record<string, never> };
  /**
   * The user visits the home page. Opens the home session if there is none; one that has failed is opened again only
   * with retry.
   */
  'home-visit': { ask: { ticket: string; origin: Origin; retry: boolean }; answer: Holdings };
  'session-list': { ask: { ticket: string }; answer: Holdings };
  'session-start': {
    ask: { ticket: string; kind: string; origin: Origin };
    answer: { session: SessionView };
  };
  /**
   * Gets the messages of PAM after message number `after` while the session opens. The answers are used if `after` is the
   * number of the message that asks.
   */
  'session-answer': {
    ask: { ticket: string; session: SessionId; after: number; sealed: readonly string[] };
    answer: BrokerSessionStep;
  };
  /** The user refuses to answer, or does not want to wait any longer. */
  'session-cancel': { ask: { ticket: string; session: SessionId }; answer: Record<string, never> };
  'session-rename': {
    ask: { ticket: string; session: SessionId; name: string };
    answer: { session: SessionView };
  };
  /** Somebody is looking at the list of this user: for a while the broker announces what the sessions use. */
  'session-watch': { ask: { ticket: string }; answer: Record<string, never> };
  'session-end': { ask: { ticket: string; session: SessionId }; answer: Record<string, never> };
  /** Closes a PAM session of the user in which no program runs any more. */
  'pam-session-close': {
    ask: { ticket: string; pamSession: PamSessionId };
    answer: Record<string, never>;
  };
  /** Gets a one-time code (30 s) with which the browser goes on to the session origin; null: the session is still starting. */
  'session-enter': {
    /** browser: the hash of a secret of this browser. The code works only together with the secret. */
    ask: { ticket: string; session: SessionId; browser: string };
    answer: { code: string | null };
  };
  /** Exchanges the code for a pass, the cookie of the session origin; it is valid as long as the ticket and the session. */
  'session-pass': {
    ask: { code: string; session: SessionId; browser: string };
    answer: { pass: string };
  };
  'session-dial': { ask: { pass: string; session: SessionId }; answer: DialInfo };
  /** The user typed in the terminal, which extends the ticket of the pass; at most once a minute for each viewer. */
  'session-active': { ask: { pass: string; session: SessionId }; answer: Record<string, never> };
}
export type RequestName = keyof Requests;
export type Request = {
  [K in RequestName]: { readonly id: number; readonly type: K } & Readonly<Requests[K]['ask']>;
}[RequestName];
export type Response =
  | { readonly id: number; readonly ok: Requests[RequestName]['answer'] }
  | { readonly id: number; readonly problem: Problem };

/** public and signature are base64; the signature is over KEY_SIGNATURE_CONTEXT, conversation, public, expires. */
export interface SignedKey {
  readonly public: string;
  readonly expires: number;
  readonly signature: string;
}
interface Asking {
  readonly conversation: ConversationId;
  readonly key: SignedKey;
  readonly items: readonly PromptItem[];
}
/** A step in the start of a session, as the user sees it: see SessionStep in page-gateway.ts. */
export type BrokerSessionStep =
  | (Asking & { readonly kind: 'prompts' })
  | Exclude<SessionStep, { kind: 'prompts' }>;
export type BrokerSignInStep =
  | (Asking & { readonly kind: 'prompts' })
  /** PAM is still working, for at most so many seconds; items: what it has shown. 'sign-in-answer' without answers polls. */
  | (Asking & { readonly kind: 'waiting'; readonly seconds: number })
  | {
      readonly kind: 'signed-in';
      readonly user: UserName;
      readonly ticket: string;
      /** A cookie that outlives the sign-in and shows that this browser has signed in before. */
      readonly browser: string;
      readonly info: TicketInfo;
      readonly items: readonly PromptItem[];
    };
export interface TicketInfo {
  readonly id: TicketId;
  readonly user: UserName;
  /** Identifies the user together with the name, which could be given to another account later. */
  readonly uid: Uid;
  /** Durations from now: until the ticket ends if it is not used, and until it ends in any case. */
  readonly idleMs: number;
  readonly absoluteMs: number;
}
/** What the user has on this server. */
export interface Holdings {
  readonly sessions: readonly SessionView[];
  readonly pamSessions: readonly OpenPamSession[];
  readonly homeSession: HomeSessionView;
  /** Troubles of the server, for administrators; empty for others. */
  readonly troubles: readonly Trouble[];
  /** Unix ms, by the clock that the times of the sessions refer to. */
  readonly now: number;
}
export interface DialInfo {
  readonly ticket: TicketId;
  readonly user: UserName;
  readonly place: Place;
  /** base64, SESSION_KEY_BYTES */
  readonly key: string;
}
export type BrokerEvent =
  /** The gateway removes these tickets from its cache and closes the connections that depend on them. */
  | { readonly event: 'revoked'; readonly tickets: readonly TicketId[] }
  /** The sessions of this user that have changed. */
  | {
      readonly event: 'sessions';
      readonly user: UserName;
      readonly uid: Uid;
      readonly sessions: readonly SessionView[];
    }
  /** All PAM sessions of this user in which no program runs any more. */
  | {
      readonly event: 'pam-sessions';
      readonly user: UserName;
      readonly uid: Uid;
      readonly pamSessions: readonly OpenPamSession[];
    }
  /** The current state of this user's home session. */
  | {
      readonly event: 'home-session';
      readonly user: UserName;
      readonly uid: Uid;
      readonly homeSession: HomeSessionView;
    }
  /** The current troubles of the server, for this administrator (or a user who no longer is one: empty). */
  | {
      readonly event: 'troubles';
      readonly user: UserName;
      readonly uid: Uid;
      readonly troubles: readonly Trouble[];
    };
