/**
 * The hop from the pages to the gateway: JSON over HTTPS, and one WebSocket a tab for live updates.
 * Every non-GET request carries `Content-Type: application/json` and an exact Origin.
 *
 *   POST   /api/sign-in                  SignInStart   -> SignInStep
 *   POST   /api/sign-in/:conversation    SignInAnswers -> SignInStep
 *   DELETE /api/sign-in/:conversation                  -> 204
 *   POST   /api/sign-out                               -> 204
 *   GET    /api/sign-ins                               -> SignIns
 *   DELETE /api/sign-ins                               -> 204, signs out everywhere
 *   DELETE /api/sign-ins/:id                           -> 204, signs out there
 *   GET    /                                           -> the page, with the answer to GET /api/home in it
 *   GET    /api/home                                   -> Home; the visit opens the home session
 *   POST   /api/home-session                           -> 202, opens it again after it failed
 *   POST   /api/sessions                 SessionStart  -> SessionView (202: starting)
 *   POST   /api/sessions/:id/conversation  SessionAnswers -> SessionStep
 *   DELETE /api/sessions/:id/conversation              -> 204, the person does not answer, or waits no longer
 *   PATCH  /api/sessions/:id             SessionRename -> SessionView
 *   DELETE /api/sessions/:id                           -> 202, ends it
 *   GET    /api/live                     WebSocket     -> LiveMessage, text messages
 *   GET    /s/:id/                       home origin: 303 to the session origin with a one-time code; while the
 *                                        session is being started, 303 to /?session=:id, which waits for it
 *   GET    /s/:id/enter?code=            session origin: sets the session cookie; the terminal page
 *   GET    /s/:id/enter                  session origin, without a code: 303 to the home origin's /s/:id/ (for a new pass)
 *   GET    /s/:id/                       session origin: the terminal page; without a pass 303 to the home origin's
 *   GET    /s/:id/socket?hello=          session origin: WebSocket, binary, gateway-session.ts, socket-hello.ts
 *
 * Any failure is `{ "problem": Problem }` with the problem's status.
 *
 * Where the session origin has another name, it is asked first: /s/:id/enter leads back with ?browser=, the hash of this
 * browser's secret, which the code is bound to.
 *
 * Behind a reverse proxy all of them may lie below www-root-path.
 *
 * Without a ticket, /s/:id/ on the home origin is 303 to /?session=:id (after sign-in the page goes on to /s/:id/).
 * Scripts and style sheets of the pages come from files only.
 */
import type { Trouble } from '../lib/trouble.ts';
import type { ConversationId, SessionId, TicketId, UserName } from './ids.ts';
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
/** What answers are sealed to; the gateway has verified the host key's signature. */
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
  /** PAM still works, for so many seconds at most, and has said this; an answer without answers asks what comes next. */
  | (Asking & { readonly kind: 'waiting'; readonly seconds: number })
  /** The ticket cookie came with this answer. items: texts that PAM showed last. home: null: to be asked for. */
  | {
      readonly kind: 'signed-in';
      readonly user: UserName;
      readonly items: readonly PromptItem[];
      readonly home: Home | null;
    };
export interface SignInAnswers {
  /** base64, 624 bytes each, one for every item of style hidden or shown, in order */
  readonly answers: readonly string[];
  /** The page shows the home next: it comes with the answer that says 'signed-in'. */
  readonly visit?: boolean;
}

/** One browser in which the person is signed in. */
export interface SignInView {
  readonly id: TicketId;
  readonly address: string;
  readonly userAgent: string;
  /** Unix ms; used: when the person last did something there, to the minute */
  readonly started: number;
  readonly used: number;
  /** The one that asks. */
  readonly current: boolean;
}
export interface SignIns {
  /** Oldest first. */
  readonly signIns: readonly SignInView[];
}

/** home: nothing runs in it (HomeSessionView); run: root's CLI started it. */
export const SESSION_KINDS = ['terminal', 'run', 'home'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];
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
/** How often the broker looks at what the sessions of those who look use. */
export const USAGE_EVERY_MS = 3_000;
/** What its processes use together, as far as anybody but root can tell. */
export interface Usage {
  /** Bytes that no other process shares. */
  readonly memory: number;
  readonly processes: number;
  /** Seconds of CPU time so far; where a cgroup tells, of ended processes too. */
  readonly cpu: number;
  /** Processors in use between the broker's last two looks, 1: one; null: there are not two yet. */
  readonly cpuShare: number | null;
}
/** Who had a session ended (account: it may not have sessions any more); its program gets a hang-up then, and may end with any status. */
export type EndedBy = keyof typeof ENDED_BY;
/** In words: those of the list, of the terminal's page and of the answer to who opens it later. */
export const ENDED_BY = {
  administrator: 'ended by an administrator',
  user: 'ended by you',
  account: 'ended, as this account may have no sessions any more',
} as const;
export interface SessionView {
  readonly id: SessionId;
  readonly kind: SessionKind;
  readonly name: string;
  readonly state: SessionState;
  /** Unix ms */
  readonly started: number;
  readonly ended: number | null;
  readonly tty: string | null;
  /** Exit status of the program, as a shell gives it (128 + signal); null while it runs. */
  readonly exitStatus: number | null;
  /** What a terminal printed at last when it ended without anybody having typed or asked for it: lines; else empty. */
  readonly lastWords: string;
  /** null: nobody, its program ended by itself. */
  readonly endedBy: EndedBy | null;
  /** Why it failed. */
  readonly problem: Problem | null;
  /** While it is being started: PAM opens its session, then its program is started. */
  readonly step: 'pam' | 'program' | null;
  /** PAM has said something while it opens, and asks in the message of this number; null: in none, and nothing yet. */
  readonly conversation: { readonly asks: number | null } | null;
  /** What it waits for while it is stuck. */
  readonly stuck: string | null;
  /** Unix ms of its terminal's last input or output; null: not known. */
  readonly activity: number | null;
  /** null: not known, or nobody has looked for it yet. */
  readonly usage: Usage | null;
}
/** Of those that have ended the last ones are on a person's list, for a while. */
export const MOST_ENDED = 20;
export interface SessionStart {
  readonly kind: 'terminal';
}
export interface SessionAnswers {
  /** As in SignInAnswers; none: only to hear what comes next. */
  readonly answers: readonly string[];
  /** The number of the last message that the page has; -1: none. Answers are to the question that was in it. */
  readonly after: number;
}
/** What PAM says and asks while a session opens: of any page of its person, as they may do anything else with it. */
export type SessionStep =
  | (Asking & { readonly kind: 'prompts' })
  /** PAM still works, and has said this. */
  | {
      readonly kind: 'waiting';
      readonly conversation: ConversationId;
      readonly key: null;
      readonly seconds: null;
      readonly items: readonly PromptItem[];
    }
  | { readonly kind: 'over' };
export interface SessionRename {
  /** Rules: broker/sessions/rename-session.ts. */
  readonly name: string;
}
export const HOME_SESSION_STATES = ['off', 'opening', 'open', 'failed'] as const;
export type HomeSessionState = (typeof HOME_SESSION_STATES)[number];
/**
 * The PAM session on the server that visiting the home page opens: it makes home directories, mounts, tickets. off: there
 * is none, or PAM sessions are off.
 */
export interface HomeSessionView {
  readonly state: HomeSessionState;
  /** Unix ms: when its opening began. */
  readonly since: number | null;
  /** Why it failed. */
  readonly problem: Problem | null;
  /** What PAM said while it opened, a line or more each. */
  readonly texts: readonly string[];
}
export interface Home {
  readonly user: UserName;
  readonly sessions: readonly SessionView[];
  readonly homeSession: HomeSessionView;
  /** What keeps the server from its work, for administrators (admin-group); for others none. */
  readonly troubles: readonly Trouble[];
  /** Host name to show. */
  readonly host: string;
  /** Unix ms of the server, for clocks that differ. */
  readonly now: number;
}
export type LiveMessage =
  /** All of them: comes first, and again when there is a new broker. */
  | { readonly kind: 'sessions'; readonly sessions: readonly SessionView[] }
  /** Those that are new or have changed since. */
  | { readonly kind: 'changed'; readonly sessions: readonly SessionView[] }
  | { readonly kind: 'home-session'; readonly homeSession: HomeSessionView }
  | { readonly kind: 'troubles'; readonly troubles: readonly Trouble[] }
  | { readonly kind: 'signed-out' };

/** Where the gateway puts into the pages what they cannot know: attributes in single quotes (fill-page.ts). */
export const HOME_ORIGIN = '__VESTIBULE_HOME_ORIGIN__';
/** Stands in index.html where the gateway puts the answer to GET /api/home: so the page need not ask. */
export const HOME = '__VESTIBULE_HOME__';
/** Stands in index.html for the address of the terminal page's script, on the session origin. */
export const TERMINAL_SCRIPT = '__VESTIBULE_TERMINAL_SCRIPT__';
/** Stand in index.html where the gateway puts `www-title` and `www-banner`: there before anybody has signed in. */
export const TITLE = '__VESTIBULE_TITLE__';
export const BANNER = '__VESTIBULE_BANNER__';

/** WebSocket close codes of ours (4000-4999). Of a terminal, the reason of sessionEnded is an EndedBy, if it was somebody. */
export const CLOSE_CODES = {
  signedOut: 4401,
  sessionNotFound: 4404,
  sessionEnded: 4410,
  protocol: 4400,
  unavailable: 4503,
} as const;
