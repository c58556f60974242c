/** How much of a processor was used between two looks, from the CPU time so far. */
import { USAGE_EVERY_MS } from '../../protocol/page-gateway.ts';

export class CpuShare {
  private cpu: number;
  private at: number;

  /** cpu: seconds; at: ms of any clock that is never set back. */
  constructor(cpu: number, at: number) {
    this.cpu = cpu;
    this.at = at;
  }

  /** Per cent. Only changes are told, so what has come after a pause was used since the look before it. */
  take(cpu: number, at: number): number {
    const [used, elapsed] = [cpu - this.cpu, at - this.at];
    const known = this.cpu > 0 && elapsed > 0;
    this.cpu = cpu;
    this.at = at;
    if (!known || used <= 0) return 0;
    return Math.round((used / (Math.min(elapsed, USAGE_EVERY_MS) / 1000)) * 100);
  }
}
