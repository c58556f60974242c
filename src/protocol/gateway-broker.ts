/**
 * The hop from the gateway to the broker: u32 length (big-endian, at most MAX_FRAME), then one JSON object.
 * The first frame each way is `{ "hello": "vestibule", "version": 1 }`; anything else closes the connection.
 * Then the gateway sends Request objects with an id of its own; the broker answers each with the same id, and sends
 * events (no id) when it has some.
 */
import type { Trouble } from '../lib/trouble.ts';
import type { ConversationId, Place, SessionId, TicketId, Uid, UserName } from './ids.ts';
import type {
  HomeSessionView,
  PromptItem,
  SessionStep,
  SessionView,
  SignInView,
} from './page-gateway.ts';
import type { Problem } from './problems.ts';

export const BROKER_PROTOCOL_VERSION = 1;
/** Bytes. */
export const MAX_FRAME = 1_048_576;

/** Where a request came from: the client's address for PAM_RHOST and the audit. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}
/**
 * Tickets, passes, codes and what a known browser shows, as they stand in cookies and addresses: the version of this form, then 32 random bytes in
 * base64url. Cookies outlive both of us; one of another form is nobody's.
 */
export const SECRET_VERSION = 1;
export const SECRET_PATTERN = /^1\.[A-Za-z0-9_-]{43}$/;

export interface Requests {
  /**
   * conversation: made up by the gateway, so that no key is older than its question. browser: what the last sign-in of
   * this browser, if there was one, brought.
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
  /** active: a person did something, so the ticket slides. */
  'ticket-check': { ask: { ticket: string; active: boolean }; answer: TicketInfo };
  'sign-out': { ask: { ticket: string }; answer: Record<string, never> };
  /** All of the person's tickets, this one too. */
  'sign-out-everywhere': { ask: { ticket: string }; answer: Record<string, never> };
  'sign-in-list': { ask: { ticket: string }; answer: { signIns: readonly SignInView[] } };
  /** One of the person's tickets, by its id. */
  'sign-in-end': { ask: { ticket: string; signIn: TicketId }; answer: Record<string, never> };
  /** The person looks at the home page: opens their home session unless it is open, or retry is false and it failed. */
  'home-visit': { ask: { ticket: string; origin: Origin; retry: boolean }; answer: Holdings };
  'session-list': { ask: { ticket: string }; answer: Holdings };
  'session-start': {
    ask: { ticket: string; kind: string; origin: Origin };
    answer: { session: SessionView };
  };
  /**
   * What PAM says and asks while the session opens, behind the message of this number; with answers to what it asks, if
   * their number is that of the question.
   */
  'session-answer': {
    ask: { ticket: string; session: SessionId; after: number; sealed: readonly string[] };
    answer: BrokerSessionStep;
  };
  /** Its person does not answer, or waits no longer. */
  'session-cancel': { ask: { ticket: string; session: SessionId }; answer: Record<string, never> };
  'session-rename': {
    ask: { ticket: string; session: SessionId; name: string };
    answer: { session: SessionView };
  };
  /** Somebody looks at this person's list: for a while it says what the sessions use, and changes with it. */
  'session-watch': { ask: { ticket: string }; answer: Record<string, never> };
  'session-end': { ask: { ticket: string; session: SessionId }; answer: Record<string, never> };
  /** A one-time code (30 s) that carries the person over to the session origin; null: it is still being started. */
  'session-enter': {
    /** browser: what the code is bound to, a hash that only the one who has its secret can give again. */
    ask: { ticket: string; session: SessionId; browser: string };
    answer: { code: string | null };
  };
  /** The code becomes a pass: the session origin's cookie, good while ticket and session are. */
  'session-pass': {
    ask: { code: string; session: SessionId; browser: string };
    answer: { pass: string };
  };
  'session-dial': { ask: { pass: string; session: SessionId }; answer: DialInfo };
  /** A person typed in the terminal, so the ticket behind the pass slides; at most once a minute for each viewer. */
  'session-active': { ask: { pass: string; session: SessionId }; answer: Record<string, never> };
}
export type RequestName = keyof Requests;
export type Request = {
  [K in RequestName]: { readonly id: number; readonly type: K } & Readonly<Requests[K]['ask']>;
}[RequestName];
export type Response =
  | { readonly id: number; readonly ok: Requests[RequestName]['answer'] }
  | { readonly id: number; readonly problem: Problem };

/** base64 fields; signature over KEY_SIGNATURE_CONTEXT, conversation, public, expires */
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
/** A session's start, as its person hears it: see SessionStep of page-gateway.ts. */
export type BrokerSessionStep =
  | (Asking & { readonly kind: 'prompts' })
  | Exclude<SessionStep, { kind: 'prompts' }>;
export type BrokerSignInStep =
  | (Asking & { readonly kind: 'prompts' })
  /** PAM still works, for so many seconds at most, and has said this; 'sign-in-answer' without answers asks on. */
  | (Asking & { readonly kind: 'waiting'; readonly seconds: number })
  | {
      readonly kind: 'signed-in';
      readonly user: UserName;
      readonly ticket: string;
      /** Shows that this browser has signed in before: a cookie that outlives the sign-in. */
      readonly browser: string;
      readonly info: TicketInfo;
      readonly items: readonly PromptItem[];
    };
export interface TicketInfo {
  readonly id: TicketId;
  readonly user: UserName;
  /** The name may be given to somebody else, who is not this person. */
  readonly uid: Uid;
  /** From now, by anybody's clock: until it ends unless used, and whatever happens. */
  readonly idleMs: number;
  readonly absoluteMs: number;
}
/** What a person has on this server. */
export interface Holdings {
  readonly sessions: readonly SessionView[];
  readonly homeSession: HomeSessionView;
  /** Of the server, for administrators; for others none. */
  readonly troubles: readonly Trouble[];
  /** Unix ms of the clock that the times of sessions are by. */
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
  /** The gateway drops these from its cache and closes what hangs on them. */
  | { readonly event: 'revoked'; readonly tickets: readonly TicketId[] }
  /** Those of this user's sessions that have changed. */
  | {
      readonly event: 'sessions';
      readonly user: UserName;
      readonly uid: Uid;
      readonly sessions: readonly SessionView[];
    }
  /** This user's home session as it is now. */
  | {
      readonly event: 'home-session';
      readonly user: UserName;
      readonly uid: Uid;
      readonly homeSession: HomeSessionView;
    }
  /** The server's troubles as they are now, for this administrator, or one who is none any more. */
  | {
      readonly event: 'troubles';
      readonly user: UserName;
      readonly uid: Uid;
      readonly troubles: readonly Trouble[];
    };
