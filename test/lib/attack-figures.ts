/** What an attack costs: memory of a process and answer times of somebody else, before, during and after it. */
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';

interface Figures {
  /** Milliseconds of each answer that somebody else got. */
  readonly answers: readonly number[];
  /** MiB of the process that is attacked, at most. */
  readonly memory: number;
}

/** MiB that a process has in memory (VmRSS of proc(5)). */
function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)![1]) / 1024;
}

/** Somebody else asks, one after the other, until it is over. */
async function watchOthers(
  pid: number,
  ask: () => Promise<unknown>,
  isOver: (asked: number) => boolean,
): Promise<Figures> {
  const answers: number[] = [];
  let memory = memoryOf(pid);
  do {
    const began = performance.now();
    await ask();
    answers.push(performance.now() - began);
    memory = Math.max(memory, memoryOf(pid));
  } while (!isOver(answers.length));
  return { answers, memory };
}

export interface Attack {
  readonly isOver: (asked: number) => boolean;
  readonly stop: () => void;
  /** What came of it. */
  readonly words: () => string;
}

/** Watches before, during and after; prints, and gives the MiB that it grew by at most. */
export async function measureAttack(
  t: TestContext,
  pid: number,
  ask: () => Promise<unknown>,
  attack: () => Attack,
): Promise<number> {
  const quiet = (asked: number): boolean => asked >= 50;
  const before = await watchOthers(pid, ask, quiet);
  const { isOver, stop, words } = attack();
  const during = await watchOthers(pid, ask, isOver);
  t.diagnostic(words());
  stop();
  const after = await watchOthers(pid, ask, quiet);
  for (const [when, { answers, memory }] of Object.entries({ before, during, after })) {
    const sorted = answers.toSorted((one, other) => one - other);
    const middle = sorted[Math.floor(sorted.length / 2)]!.toFixed(1);
    const worst = sorted.at(-1)!.toFixed(1);
    t.diagnostic(
      `${when}: ${memory.toFixed(0)} MiB; others: ${answers.length} answers, median ${middle} ms, worst ${worst} ms`,
    );
  }
  return Math.max(during.memory, after.memory) - before.memory;
}
