/**
 * How many processors a session uses at the moment, from two samples of its CPU time. It is calculated here and not in
 * the page: samples reach the page late, or not at all if nothing has changed.
 */
import { availableParallelism } from 'node:os';

/** A shorter interval would be too inexact: CPU time may have steps of 10 ms. */
const SHORTEST_MS = 1_000;
/** A longer interval, in which no page was watching, does not show the usage at the moment. */
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
    // Without a cgroup the sum can fall when a process exits, and jump when its parent has waited for it.
    const most = availableParallelism();
    this.share = used === null ? null : Math.min(most, Math.max(0, used / (elapsed / 1000)));
    this.cpu = cpu;
    this.at = at;
    return this.share;
  }
}
