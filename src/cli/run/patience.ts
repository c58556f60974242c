/** How long the CLI waits for what a leader does, and what it says when that is over: what is still stuck. */
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadedConfiguration } from '../../config/load.ts';
import { explainHeld } from '../../lib/explain-held.ts';
import { readProcessState } from '../../lib/process-state.ts';
import { RunError } from './run-error.ts';

/** Milliseconds, each since something was last heard. */
export interface Limits {
  /** For a leader or a session-host to say hello. */
  readonly hello: number;
  /** For a PAM call. */
  readonly pam: number;
  /** For one in which a person may be waited for. */
  readonly person: number;
  /** For the program's start. */
  readonly start: number;
  /** For the end: of its processes, and of the PAM session. */
  readonly end: number;
  /** From a signal that the program is to get to the look whether it can get it. */
  readonly signal: number;
}

/** What the leader itself does about it comes first. */
const MARGIN_MS = 10_000;
const LOOK_MS = 400;
/** For the watch of a leader that was killed to end, too: what keeps it cannot be killed. */
const CLEAN_UP_MS = 3000;

export function limitsOf({ values }: LoadedConfiguration): Limits {
  return {
    hello: 15_000,
    pam: values['auth-pam-timeout-seconds'] * 1000 + MARGIN_MS,
    person: values['auth-person-timeout-seconds'] * 1000 + MARGIN_MS,
    start: values['session-start-timeout-seconds'] * 1000 + MARGIN_MS,
    end: 60_000,
    signal: 5000,
  };
}

export interface Patience {
  /** What is waited for. */
  readonly what: string;
  readonly ms: number;
  /**
   * Something else ends what takes too long, and several such steps may follow each other unheard: only what cannot be
   * ended is given up.
   */
  readonly watched?: true;
}

/** Rejects with a RunError that names what is stuck, as answer does. leader: its pid; 0: not known yet. */
export async function waitFor<T>(
  answer: Promise<T>,
  leader: number,
  { what, ms, watched }: Patience,
): Promise<T> {
  const over = Promise.withResolvers<never>();
  const begin = performance.now();
  let stuck: string | null = null;
  const look = (): void => {
    const before = stuck;
    stuck = explainStuck(leader);
    // Who waits for a disk alone is not there twice.
    const isOver = !watched || (stuck !== null && before !== null);
    if (!isOver || performance.now() - begin < ms) return;
    const words = `wanted ${what} within ${ms / 1000} s, got nothing`;
    over.reject(new RunError(`${words}. ${stuck ?? "See the server's log."}`));
  };
  const timer = setInterval(look, Math.min(ms, LOOK_MS));
  const watch = readProcessState(leader)?.parent ?? 0;
  const answered = answer.catch(async (error: Error) => {
    stuck ??= await explainLeft(leader, watch);
    throw stuck === null ? error : new RunError(`${error.message}. ${stuck}`);
  });
  try {
    return await Promise.race([answered, over.promise]);
  } finally {
    clearInterval(timer);
  }
}

/** Of a leader that was killed: what it left is below its watch, which goes when that has gone. */
async function explainLeft(leader: number, watch: number): Promise<string | null> {
  const end = performance.now() + CLEAN_UP_MS;
  while (readProcessState(leader) === null && performance.now() < end) {
    const stuck = explainStuck(watch);
    if (stuck !== null || readProcessState(watch) === null) return stuck;
    await wait(LOOK_MS / 4);
  }
  return null;
}

/** null: nothing of it is. */
export function explainStuck(leader: number): string | null {
  const held = explainHeld(readProcessState(leader));
  return held && `${held} It is left alone, and ends by itself afterwards.`;
}
