/** One HTTPS server, HTTP/1.1 only, with limits on the time and the memory that a client can cost us. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { inBackground } from '../../lib/in-background.ts';
import type { Gateway, Side } from '../gateway.ts';
import { type Place, problemPage } from '../pages/problem-page.ts';
import { Failure, reportProblem } from '../problem.ts';
import { type Host, readHost } from '../security/read-host.ts';
import { HTML, refuseSocket, renderProblem } from './answer-problem.ts';
import { describeRequest } from './client-origin.ts';
import { createApp } from './create-app.ts';
import { limitPipelining } from './limit-pipelining.ts';
import { sortConnections } from './sort-connections.ts';
import { stripRoot } from './strip-root.ts';
import type { SocketUpgrader } from './upgrade.ts';

export interface Credentials {
  /** PEM */
  readonly certificate: string | Buffer;
  readonly key: string | Buffer;
}

export function createServer(
  gateway: Gateway,
  side: Side,
  credentials: Credentials,
  upgrader: SocketUpgrader,
): Server {
  const server = createHttpsServer({
    cert: credentials.certificate,
    key: credentials.key,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: 10_000,
    maxHeaderSize: 16_384,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 60_000,
    connectionsCheckingInterval: 5000,
  });
  server.maxHeadersCount = 100;
  // Longer than PAM may take: only a client that does not read its answer stays idle for so long.
  server.setTimeout(15 * 60_000);
  server.on('request', answerRequests(gateway, side));
  server.on('upgrade', (incoming, socket, head) => upgrader(side, incoming, socket, head));
  server.on('clientError', (error, socket) => refuseBroken(gateway, error, socket));
  // After clientError, whose answer would wait for the TLS session for ever and keep the connection open.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  sortConnections(gateway, server);
  return server;
}

function answerRequests(gateway: Gateway, side: Side) {
  const app = createApp(gateway, side);
  const mayAsk = limitPipelining();
  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (!mayAsk(incoming, outgoing)) return;
    let host: Host;
    try {
      outgoing.once('close', gateway.connections.begin(incoming));
      host = readHost(gateway, side, incoming);
      if (!stripRoot(gateway.address.root, incoming)) {
        outgoing.writeHead(307, { location: `${host[side]}/` }).end();
        return;
      }
    } catch (error) {
      const problem = reportProblem(gateway.log, error, describeRequest(gateway, incoming));
      const { status, type, body } = renderProblem(incoming, problem, nowhere(gateway));
      outgoing.writeHead(status, { 'content-type': type, connection: 'close' }).end(body);
      return;
    }
    const listener = getRequestListener(
      (request) => app.fetch(request, { incoming, outgoing, host }),
      { overrideGlobalObjects: false },
    );
    inBackground('request', listener(incoming, outgoing));
  };
}

/** The name of our origin may be unknown here. */
function nowhere({ welcome, address: { root, origins } }: Gateway): Omit<Place, 'path'> {
  return { homeOrigin: origins === null ? root : origins.home + root, root, title: welcome.title };
}

/** Not HTTP, headers too long, or too slow. */
function refuseBroken(gateway: Gateway, error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const address = (socket as Socket).remoteAddress ?? '';
  const detail = `broken request: ${error.code ?? error.message}`;
  const tooLong = error.code === 'HPE_HEADER_OVERFLOW';
  const failure = new Failure(tooLong ? 'too-large' : 'bad-request', detail);
  const problem = reportProblem(gateway.log, failure, { method: '', path: '', address });
  // A person can have too long cookies, and gets a page; any other broken request is a program's.
  const answer = tooLong
    ? { type: HTML, body: problemPage(problem, { ...nowhere(gateway), path: '/' }) }
    : { type: 'application/json', body: JSON.stringify({ problem }) };
  refuseSocket(socket, { status: tooLong ? 431 : 400, ...answer });
}
