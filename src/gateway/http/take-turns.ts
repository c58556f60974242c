/**
 * One browser that sends as fast as it can must not keep the others waiting: without this, 2 MB of its messages (libuv's
 * 32 reads) are handled before anybody else's.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Bytes read at once that are more than a person's typing. */
const MUCH = 4096;

/** socket: that of ws, whose messages have been handled when this hears of their bytes. */
export function takeTurns(ws: WebSocket, socket: Duplex): void {
  socket.on('data', (chunk: Buffer) => {
    // Who paused it for a reason of its own resumes it, too.
    if (chunk.length < MUCH || ws.isPaused) return;
    ws.pause();
    setImmediate(() => ws.resume());
  });
}
