/** How long the CLI waits for a leader, and its message when the time is over: which process is stuck. */
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadedConfiguration } from '../../config/load.ts';
import { explainHeld } from '../../lib/explain-held.ts';
import { readProcessState } from '../../lib/process-state.ts';
import { RunError } from './run-error.ts';

/** Milliseconds, each since the last message of the peer. */
export interface Limits {
  /** For a leader or a session-host to say hello. */
  readonly hello: number;
  /** For a PAM call. */
  readonly pam: number;
  /** For a PAM call that may wait for the user. */
  readonly person: number;
  /** For the program's start. */
  readonly start: number;
  /** For the end of its processes, and of the PAM session. */
  readonly end: number;
  /** From a signal for the program until we check whether the program is stuck and cannot get it. */
  readonly signal: number;
}

/** The leader has its own timeouts, which must come first. */
const MARGIN_MS = 10_000;
const LOOK_MS = 400;
/** How long the watch of a killed leader may take to end: after that a process that it waits for cannot be killed. */
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
   * The leader's watch ends a step that takes too long, and several steps may follow without a message: give up only if
   * a process cannot be killed.
   */
  readonly watched?: true;
}

/** Rejects with a RunError that names what is stuck, also when answer rejects. leader: its pid; 0: not known yet. */
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
    // Stuck at two checks in a row: a process that only waits for a disk would not be.
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

/** What is stuck after a leader was killed: the processes that it left are below its watch, which ends after them. */
async function explainLeft(leader: number, watch: number): Promise<string | null> {
  const end = performance.now() + CLEAN_UP_MS;
  while (readProcessState(leader) === null && performance.now() < end) {
    const stuck = explainStuck(watch);
    if (stuck !== null || readProcessState(watch) === null) return stuck;
    await wait(LOOK_MS / 4);
  }
  return null;
}

/** null: neither the leader nor a process below it is stuck. */
export function explainStuck(leader: number): string | null {
  const held = explainHeld(readProcessState(leader));
  return held && `${held} It is left alone, and ends by itself afterwards.`;
}
