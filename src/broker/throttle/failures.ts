/** Failures by key (an address, a user name, both): counted, forgotten one by one with time, and how long they lock. */

export interface FailureRule {
  /** So many lock nothing. */
  readonly free: number;
  /** After this time one failure is forgotten, then the next. */
  readonly forgetMs: number;
}
interface Entry {
  /** When the last failure came, and how many there were then. */
  readonly at: number;
  readonly level: number;
}

const FIRST_LOCK_MS = 10_000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** Attackers must not fill our memory: the one that failed longest ago goes first. */
const MAX_ENTRIES = 20_000;

export class Failures {
  readonly rule: FailureRule;
  private readonly entries = new Map<string, Entry>();

  constructor(rule: FailureRule) {
    this.rule = rule;
  }

  /** How many are not forgotten, with the fraction of the one that is being forgotten. */
  level(key: string, now: number): number {
    const entry = this.entries.get(key);
    if (entry === undefined) return 0;
    return Math.max(0, entry.level - (now - entry.at) / this.rule.forgetMs);
  }

  add(key: string, now: number): void {
    const level = this.level(key, now) + 1;
    this.entries.delete(key); // to the end: oldest first
    this.entries.set(key, { at: now, level });
    const oldest = this.entries.keys().next().value;
    if (this.entries.size > MAX_ENTRIES && oldest !== undefined) this.entries.delete(oldest);
  }

  /** So many were no attack after all. A lock that others brought about becomes no longer by that. */
  forgive(key: string, count: number): void {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    const level = entry.level - count;
    if (level <= 0) this.entries.delete(key);
    else this.entries.set(key, { at: entry.at, level });
  }

  /** Doubles with every failure beyond the free ones. 0: not locked. */
  lockMs(key: string, now: number, free: number = this.rule.free): number {
    const entry = this.entries.get(key);
    // The fraction that was forgotten of the last one does not count.
    const beyond = Math.ceil(entry?.level ?? 0) - free;
    if (entry === undefined || beyond < 0) return 0;
    const length = Math.min(FIRST_LOCK_MS * 2 ** beyond, LONGEST_LOCK_MS);
    return Math.max(0, entry.at + length - now);
  }
}
