/** Every address that the gateway answers, for each of its two origins. A HEAD is answered like its GET. */
import type { Handler, Side, SocketHandler } from './gateway.ts';
import { retryHomeSession } from './home/retry-home-session.ts';
import { showHome, showIndex } from './home/show-home.ts';
import { openLive } from './live/open-live.ts';
import { sendFile } from './pages/send-page.ts';
import { answerStart, cancelStart } from './sessions/answer-start.ts';
import { closePamSession } from './sessions/close-pam-session.ts';
import { endSession } from './sessions/end-session.ts';
import { enterSession } from './sessions/enter-session.ts';
import { openTerminal } from './sessions/open-terminal.ts';
import { renameSession } from './sessions/rename-session.ts';
import { showTerminal } from './sessions/show-terminal.ts';
import { startSession } from './sessions/start-session.ts';
import { takePass } from './sessions/take-pass.ts';
import { answerSignIn } from './sign-in/answer-sign-in.ts';
import { cancelSignIn } from './sign-in/cancel-sign-in.ts';
import { endSignIn, listSignIns, signOutEverywhere } from './sign-in/sign-ins.ts';
import { signOut } from './sign-in/sign-out.ts';
import { startSignIn } from './sign-in/start-sign-in.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
export type Route = readonly [method: Method, path: string, handler: Handler];
export type SocketRoute = readonly [path: RegExp, handler: SocketHandler];

export const ROUTES: Readonly<Record<Side, readonly Route[]>> = {
  home: [
    ['POST', '/api/sign-in', startSignIn],
    ['POST', '/api/sign-in/:conversation', answerSignIn],
    ['DELETE', '/api/sign-in/:conversation', cancelSignIn],
    ['POST', '/api/sign-out', signOut],
    ['GET', '/api/sign-ins', listSignIns],
    ['DELETE', '/api/sign-ins', signOutEverywhere],
    ['DELETE', '/api/sign-ins/:id', endSignIn],
    ['GET', '/api/home', showHome],
    ['POST', '/api/home-session', retryHomeSession],
    ['POST', '/api/sessions', startSession],
    ['POST', '/api/sessions/:id/conversation', answerStart],
    ['DELETE', '/api/sessions/:id/conversation', cancelStart],
    ['PATCH', '/api/sessions/:id', renameSession],
    ['DELETE', '/api/sessions/:id', endSession],
    ['POST', '/api/pam-sessions/:id/close', closePamSession],
    ['GET', '/s/:id/', enterSession],
    ['GET', '/', showIndex],
    ['GET', '/*', sendFile],
  ],
  session: [
    ['GET', '/s/:id/enter', takePass],
    ['GET', '/s/:id/', showTerminal],
    ['GET', '/assets/*', sendFile],
  ],
};

/** The WebSockets. */
export const SOCKETS: Readonly<Record<Side, readonly SocketRoute[]>> = {
  home: [[/^\/api\/live$/, openLive]],
  session: [[/^\/s\/(?<id>[0-9a-f]{32})\/socket$/, openTerminal]],
};
