/**
 * GET /api/live: pushes to one tab what changes: the person's sessions, home session and sign-out, and to
 * administrators the server's troubles. It outlives a broker: with the next one the ticket is checked, and everything
 * sent, again.
 */
import type { WebSocket } from 'ws';
import { inBackground } from '../../lib/in-background.ts';
import { CLOSE_CODES, type LiveMessage } from '../../protocol/page-gateway.ts';
import type { UserEvent } from '../broker-client.ts';
import type { Gateway, SocketHandler } from '../gateway.ts';
import { Outbox } from '../http/outbox.ts';
import { Failure } from '../problem.ts';
import { requireTicket } from '../security/require-ticket.ts';

/** How often the broker is told that somebody watches; it keeps looking for a bit longer than two such intervals. */
const WATCH_MS = 10_000;

export const openLive: SocketHandler = async (gateway, ws, incoming) => {
  ws.on('message', () => ws.close(CLOSE_CODES.protocol));
  const { ticket, info } = await requireTicket(gateway, incoming, { active: false });
  if (ws.readyState !== ws.OPEN) return;
  const { broker } = gateway;
  const outbox = new Outbox(ws, gateway.limits.viewerBytes);
  const signedOut = (): void => {
    send(outbox, { kind: 'signed-out' });
    ws.close(CLOSE_CODES.signedOut);
  };
  // An event that comes in the same turn as the list must not overtake it: the older list would replace it on the page.
  let listed = Promise.resolve();
  let missed = false;
  const resume = (): void => {
    missed = outbox.full;
    if (!missed) listed = sendAll(gateway, { outbox, ws, ticket, signedOut });
  };
  outbox.room = () => {
    if (missed) resume();
  };
  const hear = (event: UserEvent): void => {
    if (event.uid !== info.uid) return;
    const pass = (): void => {
      // A tab that does not read gets the whole list once it reads again.
      if (outbox.full) missed = true;
      else send(outbox, messageOf(event));
    };
    inBackground('live', listed.then(pass));
  };
  const timer = setInterval(() => watch(gateway, ticket), WATCH_MS);
  broker.on('up', resume);
  ws.on('close', () => {
    clearInterval(timer);
    broker.off('up', resume);
  });
  ws.on('close', broker.listen(info.user, hear));
  ws.on('close', gateway.revocations.hold(info.id, signedOut));
  resume();
};

function messageOf(event: UserEvent): LiveMessage {
  switch (event.event) {
    case 'sessions':
      return { kind: 'changed', sessions: event.sessions };
    case 'pam-sessions':
      return { kind: 'pam-sessions', pamSessions: event.pamSessions };
    case 'home-session':
      return { kind: 'home-session', homeSession: event.homeSession };
    case 'troubles':
      return { kind: 'troubles', troubles: event.troubles };
  }
}

interface Tab {
  readonly outbox: Outbox;
  readonly ws: WebSocket;
  readonly ticket: string;
  readonly signedOut: () => void;
}

/** The answer also shows whether the ticket is still good: a revocation may have been missed between two brokers. */
async function sendAll(gateway: Gateway, { outbox, ws, ticket, signedOut }: Tab): Promise<void> {
  if (!gateway.broker.connected) return;
  try {
    const all = await gateway.broker.request('session-list', { ticket });
    const { sessions, pamSessions, homeSession, troubles } = all;
    send(outbox, { kind: 'sessions', sessions });
    send(outbox, { kind: 'pam-sessions', pamSessions });
    send(outbox, { kind: 'home-session', homeSession });
    send(outbox, { kind: 'troubles', troubles });
    watch(gateway, ticket);
  } catch (error) {
    if (error instanceof Failure && error.code === 'not-signed-in') {
      gateway.tickets.forget(ticket);
      signedOut();
    } else if (gateway.broker.connected) {
      gateway.log.warning('list of sessions not sent', { detail: error });
      ws.close(CLOSE_CODES.unavailable);
    }
  }
}

/** Tells the broker that somebody watches, so that it measures what sessions use. A bad ticket shows elsewhere. */
function watch({ broker }: Gateway, ticket: string): void {
  if (broker.connected) broker.request('session-watch', { ticket }).catch(() => {});
}

function send(outbox: Outbox, message: LiveMessage): void {
  outbox.send(JSON.stringify(message));
}
