/** Limits repeated messages: of each kind a few are shown, and then the number of the others. */

/** Shown of each kind in one period. */
const SHOWN = 10;
const PERIOD_MS = 60_000;
/** Most kinds that are counted separately; further ones are counted together. */
const MOST_KINDS = 1_000;
const OTHERS = 'others';

export class Repeats {
  private readonly seen = new Map<string, number>();
  private readonly tell: (kind: string, more: number) => void;
  private timer: NodeJS.Timeout | null = null;

  /** tell: called at the end of a period with the number that were not shown. */
  constructor(tell: (kind: string, more: number) => void) {
    this.tell = tell;
  }

  /** Whether to show this one. */
  note(kind: string): boolean {
    const known = this.seen.has(kind) || this.seen.size < MOST_KINDS ? kind : OTHERS;
    const times = (this.seen.get(known) ?? 0) + 1;
    this.seen.set(known, times);
    this.timer ??= setTimeout(() => this.endPeriod(), PERIOD_MS).unref();
    return times <= SHOWN;
  }

  /** Reports the numbers, and starts a new period. */
  endPeriod(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (const [kind, times] of this.seen) if (times > SHOWN) this.tell(kind, times - SHOWN);
    this.seen.clear();
  }
}
