/** Upgrades to WebSockets: finds the route, checks the Origin, then calls the handler. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_SESSION_FRAME } from '../../protocol/gateway-session.ts';
import { CLOSE_CODES } from '../../protocol/page-gateway.ts';
import { PROBLEMS } from '../../protocol/problems.ts';
import type { Gateway, Side, SocketHandler } from '../gateway.ts';
import { Failure, reportProblem } from '../problem.ts';
import { SOCKETS, type SocketRoute } from '../routes.ts';
import { checkSocketOrigin } from '../security/check-origin.ts';
import { readHost } from '../security/read-host.ts';
import { refuseSocket } from './answer-problem.ts';
import { describeRequest } from './client-origin.ts';
import { keepAlive } from './keep-alive.ts';
import { stripRoot } from './strip-root.ts';
import { takeTurns } from './take-turns.ts';

export type SocketUpgrader = (
  side: Side,
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
) => void;

/** open: receives every open WebSocket, so that the service can end them. */
export function createUpgrader(gateway: Gateway, open: Set<WebSocket>): SocketUpgrader {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_SESSION_FRAME,
  });
  return (side, incoming, socket, head) => {
    const ignore = (): void => {}; // a broken client only ends its own socket
    socket.on('error', ignore);
    try {
      const [handler, id] = findRoute(gateway, side, incoming);
      gateway.connections.begin(incoming); // until its connection ends
      server.handleUpgrade(incoming, socket, head, (ws) => {
        socket.off('error', ignore);
        open.add(ws);
        ws.on('close', () => open.delete(ws));
        ws.on('error', (detail) => gateway.log.info('websocket broken', { detail }));
        keepAlive(ws, gateway.limits.pingMs);
        takeTurns(ws, socket);
        handler(gateway, ws, incoming, id).catch((error) =>
          closeFailed(gateway, ws, incoming, error),
        );
      });
    } catch (error) {
      refuseUpgrade(gateway, incoming, socket, error);
    }
  };
}

function findRoute(
  gateway: Gateway,
  side: Side,
  incoming: IncomingMessage,
): readonly [SocketHandler, string] {
  const host = readHost(gateway, side, incoming);
  stripRoot(gateway.address.root, incoming);
  const path = incoming.url!.split('?', 1)[0]!;
  const isRoute = ([pattern]: SocketRoute): boolean => pattern.test(path);
  const route = SOCKETS[side].find(isRoute);
  if (!route) throw new Failure('not-found', 'no WebSocket at this address');
  checkSocketOrigin(incoming.headers, host.origin);
  return [route[1], route[0].exec(path)?.groups?.id ?? ''];
}

function refuseUpgrade(
  gateway: Gateway,
  incoming: IncomingMessage,
  socket: Duplex,
  error: unknown,
): void {
  const problem = reportProblem(gateway.log, error, describeRequest(gateway, incoming));
  const { status } = PROBLEMS[problem.code];
  refuseSocket(socket, { status, type: 'application/json', body: JSON.stringify({ problem }) });
}

/** The close code tells the page what to do; the reference is for people. */
function closeFailed(
  gateway: Gateway,
  ws: WebSocket,
  incoming: IncomingMessage,
  error: unknown,
): void {
  const problem = reportProblem(gateway.log, error, describeRequest(gateway, incoming));
  ws.close(closeCode(problem.code), problem.reference);
  ws.resume(); // or its close frame would not be read
}

function closeCode(code: keyof typeof PROBLEMS): number {
  if (code === 'not-signed-in') return CLOSE_CODES.signedOut;
  if (code === 'session-not-found') return CLOSE_CODES.sessionNotFound;
  if (code === 'session-ended') return CLOSE_CODES.sessionEnded;
  if (code === 'bad-request') return CLOSE_CODES.protocol;
  return CLOSE_CODES.unavailable;
}
