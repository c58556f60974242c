/** What is said again and again: a few times as it is, then as a number, so that who knocks a thousand times a second fills no disk. */

/** In one period; of each kind. */
const SHOWN = 10;
const PERIOD_MS = 60_000;
/** Kinds; what is beyond counts as one. */
const MOST_KINDS = 1_000;
const OTHERS = 'others';

export class Repeats {
  private readonly seen = new Map<string, number>();
  private readonly tell: (kind: string, more: number) => void;
  private timer: NodeJS.Timeout | null = null;

  /** tell: called at the end of a period with how many more there were than were shown. */
  constructor(tell: (kind: string, more: number) => void) {
    this.tell = tell;
  }

  /** Whether this one is to be shown. */
  note(kind: string): boolean {
    const known = this.seen.has(kind) || this.seen.size < MOST_KINDS ? kind : OTHERS;
    const times = (this.seen.get(known) ?? 0) + 1;
    this.seen.set(known, times);
    this.timer ??= setTimeout(() => this.endPeriod(), PERIOD_MS).unref();
    return times <= SHOWN;
  }

  /** Tells what is left to tell, and begins anew. */
  endPeriod(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    for (const [kind, times] of this.seen) if (times > SHOWN) this.tell(kind, times - SHOWN);
    this.seen.clear();
  }
}
