/**
 * The protocol between the pages and the gateway: JSON over HTTPS, and one WebSocket per tab for live updates.
 * Every request except GET must have `Content-Type: application/json` and the Origin of the pages.
 *
 *   POST   /api/sign-in                  SignInStart   -> SignInStep
 *   POST   /api/sign-in/:conversation    SignInAnswers -> SignInStep
 *   DELETE /api/sign-in/:conversation                  -> 204
 *   POST   /api/sign-out                               -> 204
 *   GET    /api/sign-ins                               -> SignIns
 *   DELETE /api/sign-ins                               -> 204, signs out everywhere
 *   DELETE /api/sign-ins/:id                           -> 204, signs out in that browser
 *   GET    /                                           -> the page, which contains the answer to GET /api/home
 *   GET    /api/home                                   -> Home; the visit opens the home session
 *   POST   /api/home-session                           -> 202, opens the home session again after it failed
 *   POST   /api/sessions                 SessionStart  -> SessionView (202: starting)
 *   POST   /api/sessions/:id/conversation  SessionAnswers -> SessionStep
 *   DELETE /api/sessions/:id/conversation              -> 204, cancels the question or the start
 *   PATCH  /api/sessions/:id             SessionRename -> SessionView
 *   DELETE /api/sessions/:id                           -> 202, ends the session
 *   POST   /api/pam-sessions/:id/close                 -> 202, closes a PAM session in which no program runs any more
 *   GET    /api/live                     WebSocket     -> LiveMessage, text messages
 *   GET    /s/:id/                       home origin: 303 to the session origin with a one-time code; while the
 *                                        session is starting, 303 to /?session=:id, which waits for it
 *   GET    /s/:id/enter?code=            session origin: sets the session cookie; the terminal page
 *   GET    /s/:id/enter                  session origin, without a code: 303 to the home origin's /s/:id/ (for a new pass)
 *   GET    /s/:id/                       session origin: the terminal page; without a pass 303 to the home origin's
 *   GET    /s/:id/socket?hello=          session origin: WebSocket, binary, gateway-session.ts, socket-hello.ts
 *
 * Any failure is `{ "problem": Problem }` with the problem's status.
 *
 * If the session origin has another host name, /s/:id/ goes there first: /s/:id/enter redirects back with ?browser=, the
 * hash of a secret of this browser. The code is bound to that hash.
 *
 * Behind a reverse proxy all paths may have the prefix www-root-path.
 *
 * Without a ticket, /s/:id/ on the home origin redirects (303) to /?session=:id; after the sign-in the page goes on to
 * /s/:id/. Scripts and style sheets of the pages are loaded from files only.
 */
import type { Kind } from '../kinds/kind.ts';
import type { Trouble } from '../lib/trouble.ts';
import type { ConversationId, PamSessionId, SessionId, TicketId, UserName } from './ids.ts';
import type { Problem } from './problems.ts';

export interface SignInStart {
  readonly user: string;
}
export type PromptStyle = 'hidden' | 'shown' | 'error' | 'info';
export interface PromptItem {
  readonly number: number;
  readonly style: PromptStyle;
  readonly text: string;
}
/** Whether the item asks for an answer. */
export function asks({ style }: Pick<PromptItem, 'style'>): boolean {
  return style === 'hidden' || style === 'shown';
}
/** The key to which answers are sealed. The gateway has verified the signature of the host key. */
export interface ConversationKey {
  /** base64, 32 bytes */
  readonly public: string;
  /** Unix ms */
  readonly expires: number;
}
interface Asking {
  readonly conversation: ConversationId;
  readonly key: ConversationKey;
  readonly items: readonly PromptItem[];
}
export type SignInStep =
  | (Asking & { readonly kind: 'prompts' })
  /** PAM is still working, for at most so many seconds; items: what it has shown. SignInAnswers without answers polls. */
  | (Asking & { readonly kind: 'waiting'; readonly seconds: number })
  /** This response sets the ticket cookie. items: the last texts of PAM. home: null: the page has to request it. */
  | {
      readonly kind: 'signed-in';
      readonly user: UserName;
      readonly items: readonly PromptItem[];
      readonly home: Home | null;
    };
export interface SignInAnswers {
  /** base64, 624 bytes each: one for every item of style hidden or shown, in order. */
  readonly answers: readonly string[];
  /** The page will show the home page next: the step 'signed-in' should contain home. */
  readonly visit?: boolean;
}

/** A browser in which the user is signed in. */
export interface SignInView {
  readonly id: TicketId;
  readonly address: string;
  readonly userAgent: string;
  /** Unix ms. used: when the user last did something there, to the minute. */
  readonly started: number;
  readonly used: number;
  /** Whether this is the browser that sent the request. */
  readonly current: boolean;
}
export interface SignIns {
  /** Oldest first. */
  readonly signIns: readonly SignInView[];
}

export const SESSION_STATES = [
  'pending',
  'starting',
  'running',
  'ending',
  'ended',
  'failed',
  'stuck',
  'unclean',
] as const;
export type SessionState = (typeof SESSION_STATES)[number];
/** How often the broker measures the sessions of users who are looking at their list. */
export const USAGE_EVERY_MS = 3_000;
/** What the processes of a session use in total, as far as a user other than root can see. */
export interface Usage {
  /** Bytes of private memory. */
  readonly memory: number;
  readonly processes: number;
  /** Seconds of CPU time so far; with a cgroup this includes processes that have ended. */
  readonly cpu: number;
  /** Processors in use between the last two measurements (1: one processor); null: only one measurement so far. */
  readonly cpuShare: number | null;
}
/** Who ended a session. Its program gets SIGHUP in this case, and its exit status means nothing. */
export type EndedBy = keyof typeof ENDED_BY;
/** The words for it on the list, on the page of the terminal, and for a user who opens the session later. */
export const ENDED_BY = {
  administrator: 'ended by an administrator',
  user: 'ended by you',
  account: 'ended because this account is not allowed to have sessions any more',
} as const;
export interface SessionView {
  readonly id: SessionId;
  /** The name and the title of its kind (src/kinds/). */
  readonly kind: string;
  readonly kindTitle: string;
  /** The protocol of its viewers; null: it has no viewers. */
  readonly talk: Kind['talk'];
  readonly startedBy: Kind['startedBy'];
  readonly name: string;
  readonly state: SessionState;
  /** Unix ms */
  readonly started: number;
  readonly ended: number | null;
  readonly tty: string | null;
  /** Exit status of the program, as a shell reports it (128 + signal); null while it is running. */
  readonly exitStatus: number | null;
  /** The last lines of a terminal in which nobody typed and which nobody ended; else empty. */
  readonly lastWords: string;
  /** null: its program ended by itself. */
  readonly endedBy: EndedBy | null;
  /** Why it failed. */
  readonly problem: Problem | null;
  /** While it is starting: PAM opens the session, then the program starts. */
  readonly step: 'pam' | 'program' | null;
  /** null: PAM has shown nothing while the session opens. asks: number of the message that asks for an answer; null: none. */
  readonly conversation: { readonly asks: number | null } | null;
  /** While it is stuck: what it waits for. */
  readonly stuck: string | null;
  /** Unix ms of the last input or output of its terminal; null: unknown. */
  readonly activity: number | null;
  /** null: unknown, or not measured yet. */
  readonly usage: Usage | null;
}
/** Most ended sessions on the list of a user. */
export const MOST_ENDED = 20;
export interface SessionStart {
  /** The name of a kind that users may start. */
  readonly kind: string;
}
export interface SessionAnswers {
  /** As in SignInAnswers; empty: poll for the next step. */
  readonly answers: readonly string[];
  /** Number of the last message that the page has; -1: none. Answers belong to the question in that message. */
  readonly after: number;
}
/** What PAM shows and asks while a session opens. Every page of the user may get it and answer. */
export type SessionStep =
  | (Asking & { readonly kind: 'prompts' })
  /** PAM is still working; items: what it has shown. */
  | {
      readonly kind: 'waiting';
      readonly conversation: ConversationId;
      readonly key: null;
      readonly seconds: null;
      readonly items: readonly PromptItem[];
    }
  | { readonly kind: 'over' };
export interface SessionRename {
  /** For the rules see rename-session.ts of the broker. */
  readonly name: string;
}
export const HOME_SESSION_STATES = ['off', 'opening', 'open', 'failed', 'closed'] as const;
export type HomeSessionState = (typeof HOME_SESSION_STATES)[number];
/**
 * The PAM session that is opened by a visit of the home page: it creates the home directory, mounts and tickets. off:
 * there is none, or PAM sessions are turned off. closed: an administrator closed it; the next visit opens another.
 */
export interface HomeSessionView {
  readonly state: HomeSessionState;
  /** Unix ms: when its opening started. */
  readonly since: number | null;
  /** Why it failed. */
  readonly problem: Problem | null;
  /** The texts of PAM while it opened, one or more lines each. */
  readonly texts: readonly string[];
}
/** A PAM session that is still open although the program of its session has ended. */
export interface OpenPamSession {
  readonly id: PamSessionId;
  /** Name of the session that it was opened for. */
  readonly name: string;
  /** Unix ms: when its opening started. */
  readonly opened: number;
  readonly closing: boolean;
  /** While it is stuck: what it waits for. */
  readonly stuck: string | null;
}
export interface Home {
  readonly user: UserName;
  readonly sessions: readonly SessionView[];
  readonly pamSessions: readonly OpenPamSession[];
  readonly homeSession: HomeSessionView;
  /** What keeps the server from working, for administrators (admin-group); empty for others. */
  readonly troubles: readonly Trouble[];
  /** The host name to display. */
  readonly host: string;
  /** Unix ms by the clock of the server, since that of the browser may differ. */
  readonly now: number;
}
export type LiveMessage =
  /** All sessions: the first message, and sent again when the broker was restarted. */
  | { readonly kind: 'sessions'; readonly sessions: readonly SessionView[] }
  /** Sessions that are new or have changed. */
  | { readonly kind: 'changed'; readonly sessions: readonly SessionView[] }
  /** All PAM sessions without a program. */
  | { readonly kind: 'pam-sessions'; readonly pamSessions: readonly OpenPamSession[] }
  | { readonly kind: 'home-session'; readonly homeSession: HomeSessionView }
  | { readonly kind: 'troubles'; readonly troubles: readonly Trouble[] }
  | { readonly kind: 'signed-out' };

/** Placeholders in the pages that the gateway replaces: attributes in single quotes (fill-page.ts). */
export const HOME_ORIGIN = '__VESTIBULE_HOME_ORIGIN__';
/** In index.html, replaced by the answer to GET /api/home, so that the page need not request it. */
export const HOME = '__VESTIBULE_HOME__';
/** In index.html, replaced by the URL of the script of the terminal page, on the session origin. */
export const TERMINAL_SCRIPT = '__VESTIBULE_TERMINAL_SCRIPT__';
/** In index.html, replaced by `www-title` and `www-banner`, which the page needs before anybody has signed in. */
export const TITLE = '__VESTIBULE_TITLE__';
export const BANNER = '__VESTIBULE_BANNER__';

/** Our close codes of WebSockets (4000-4999). For a terminal the reason of sessionEnded is an EndedBy, or empty. */
export const CLOSE_CODES = {
  signedOut: 4401,
  sessionNotFound: 4404,
  sessionEnded: 4410,
  protocol: 4400,
  unavailable: 4503,
} as const;
