/**
 * How many processors a session uses at the moment, from its CPU time at two looks. It is measured here, where the looks
 * are taken: news of them may be late, and are not told when nothing has changed.
 */
import { availableParallelism } from 'node:os';

/** Looks that are closer together say little: CPU time may come in steps of 10 ms. */
const SHORTEST_MS = 1_000;
/** Looks that are further apart do not say what is now: nobody looked meanwhile. */
const LONGEST_MS = 15_000;

export class CpuMeter {
  private cpu: number | null = null;
  private at = 0;
  private share: number | null = null;

  /** cpu: seconds so far; at: monotonic ms. 1: one processor; null: not known yet. */
  take(cpu: number, at: number): number | null {
    const elapsed = at - this.at;
    if (this.cpu !== null && elapsed < SHORTEST_MS) return this.share;
    const used = this.cpu === null || elapsed > LONGEST_MS ? null : cpu - this.cpu;
    // Without a cgroup, processes that end take their time with them, or bring it to their parent later.
    const most = availableParallelism();
    this.share = used === null ? null : Math.min(most, Math.max(0, used / (elapsed / 1000)));
    this.cpu = cpu;
    this.at = at;
    return this.share;
  }
}
