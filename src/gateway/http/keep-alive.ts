/** Pings WebSockets, and ends those whose browser has sent nothing until the next ping. */
import type { WebSocket } from 'ws';

export function keepAlive(ws: WebSocket, everyMs: number): void {
  let heard = true;
  const listen = (): void => {
    heard = true;
  };
  const timer = setInterval(() => {
    // While it is paused its pong waits in the kernel, and is read shortly after it resumes.
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
