/**
 * Keeps a browser that sends as fast as it can from delaying the others: without this, 2 MB of its messages (32 reads
 * of libuv) are handled before the next connection's turn.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** Bytes in one read; a person's typing is less. */
const MUCH = 4096;

/** socket: the one below ws. ws has handled the messages in a chunk before this listener gets it. */
export function takeTurns(ws: WebSocket, socket: Duplex): void {
  socket.on('data', (chunk: Buffer) => {
    // Whoever paused it for another reason resumes it.
    if (chunk.length < MUCH || ws.isPaused) return;
    ws.pause();
    setImmediate(() => ws.resume());
  });
}
