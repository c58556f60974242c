import { log } from './log.ts';

/** For a promise that nobody awaits: a failure is logged and does not end the process. */
export function inBackground(what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    const stack = error instanceof Error ? error.stack : undefined;
    log.error('background-work-failed', { what, error, stack });
  });
}
