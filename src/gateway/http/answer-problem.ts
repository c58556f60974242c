/** The answer that reports a problem: a page for a person who followed a link, JSON for a program. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEMS, type Problem } from '../../protocol/problems.ts';
import { type Place, problemPage } from '../pages/problem-page.ts';
import { pathOf } from './client-origin.ts';

export const HTML = 'text/html; charset=utf-8';

export interface ProblemAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export function renderProblem(
  incoming: IncomingMessage,
  problem: Problem,
  place: Omit<Place, 'path'>,
): ProblemAnswer {
  const { status } = PROBLEMS[problem.code];
  if (!wantsPage(incoming)) {
    return { status, type: 'application/json', body: JSON.stringify({ problem }) };
  }
  const path = pathOf(incoming);
  return { status, type: HTML, body: problemPage(problem, { ...place, path }) };
}

/** The same on a socket that has no response object: a broken request, a refused upgrade. */
export function refuseSocket(socket: Duplex, { status, type, body }: ProblemAnswer): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    'cache-control: no-store',
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function wantsPage(incoming: IncomingMessage): boolean {
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD') return false;
  const mode = incoming.headers['sec-fetch-mode'];
  if (mode !== undefined) return mode === 'navigate';
  return incoming.headers.accept?.includes('text/html') ?? false;
}
