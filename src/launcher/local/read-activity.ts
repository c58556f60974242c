/**
 * When something last happened on a terminal: the kernel keeps the times of the pty, as w(1) shows them, to 8 s. It
 * costs no message, and it is right after a restart too.
 */
import { statSync } from 'node:fs';

/** Unix ms; null: there is no such terminal. Its owner may set the times, but not into the future. */
export function readActivity(tty: string, now: number): number | null {
  try {
    const { atimeMs, mtimeMs } = statSync(tty);
    return Math.min(now, Math.floor(Math.max(atimeMs, mtimeMs)));
  } catch {
    return null;
  }
}
