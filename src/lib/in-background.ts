import { log } from './log.ts';

/** Work that nobody waits for: when it fails the log says so, and nothing ends. */
export function inBackground(what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    const stack = error instanceof Error ? error.stack : undefined;
    log.error('background-work-failed', { what, error, stack });
  });
}
