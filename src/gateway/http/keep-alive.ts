/** Ends WebSockets whose browser is gone without a word: one that was asked must say something before the next turn. */
import type { WebSocket } from 'ws';

export function keepAlive(ws: WebSocket, everyMs: number): void {
  let heard = true;
  const listen = (): void => {
    heard = true;
  };
  const timer = setInterval(() => {
    // While we do not read from it, its answer waits in the kernel, and for a moment after that.
    if (!heard && !ws.isPaused) {
      ws.terminate();
      return;
    }
    heard = ws.isPaused;
    if (ws.readyState === ws.OPEN) ws.ping();
  }, everyMs);
  ws.on('pong', listen);
  ws.on('message', listen);
  ws.on('close', () => clearInterval(timer));
}
