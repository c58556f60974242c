/** How a problem looks to the client: a page for a person who came by a link, JSON for a program. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEMS, type Problem } from '../../protocol/problems.ts';
import { PLAIN_STYLE } from '../security/headers.ts';

export interface ProblemAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** homeOrigin: where the page's link leads. */
export function renderProblem(
  incoming: IncomingMessage,
  problem: Problem,
  homeOrigin: string,
): ProblemAnswer {
  const { status } = PROBLEMS[problem.code];
  if (!wantsPage(incoming)) {
    return { status, type: 'application/json', body: JSON.stringify({ problem }) };
  }
  const body = `<p>${escapeHtml(problem.text)}</p>
<p>Reference: <code>${escapeHtml(problem.reference)}</code></p>
<p><a href="${escapeHtml(homeOrigin)}/">Home</a></p>`;
  return { status, type: 'text/html; charset=utf-8', body: plainPage('Vestibule', body) };
}

/** A page without files or scripts. */
export function plainPage(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${PLAIN_STYLE}</style>${head}</head>
<body><h1>${title}</h1>
${body}
</body>
</html>
`;
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

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
