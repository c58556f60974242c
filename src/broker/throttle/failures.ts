/** Counts failures by key: an address, a user name, or both. They expire one by one, and too many lock the key. */
import type { Count, ListName, ThrottleStore } from './throttle-store.ts';

export interface FailureRule {
  readonly list: ListName;
  /** How many failures are possible without waiting. */
  readonly free: number;
  /** In each such period one failure expires. */
  readonly forgetMs: number;
}

const FIRST_LOCK_MS = 10_000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** Attackers must not fill our memory: the key whose last failure is oldest is dropped first. */
export const MAX_ENTRIES = 20_000;

export class Failures {
  readonly rule: FailureRule;
  private readonly store: ThrottleStore;
  private readonly entries: Map<string, Count>;

  constructor(rule: FailureRule, store: ThrottleStore) {
    this.rule = rule;
    this.store = store;
    this.entries = store.load(rule.list);
  }

  /** How many failures have not expired, with the remaining fraction of the one that expires next. */
  level(key: string, now: number): number {
    const entry = this.entries.get(key);
    if (entry === undefined) return 0;
    return Math.max(0, entry.level - (now - entry.at) / this.rule.forgetMs);
  }

  add(key: string, now: number): void {
    const level = this.level(key, now) + 1;
    this.entries.delete(key); // to the end: oldest first
    this.set(key, { at: now, level });
    const oldest = this.entries.keys().next().value;
    if (this.entries.size > MAX_ENTRIES && oldest !== undefined) this.delete(oldest);
  }

  /** Subtracts failures that were no attack. `at` stays, so that a lock by other failures does not become longer. */
  forgive(key: string, count: number): void {
    const entry = this.entries.get(key);
    if (entry === undefined || count === 0) return;
    const level = entry.level - count;
    if (level <= 0) this.delete(key);
    else this.set(key, { at: entry.at, level });
  }

  /** Drops the keys whose failures have all expired. */
  prune(now: number): void {
    for (const key of this.entries.keys()) if (this.level(key, now) === 0) this.delete(key);
  }

  /** How long the key is still locked; 0: it is not. The time doubles with every failure beyond the free ones. */
  lockMs(key: string, now: number, free: number = this.rule.free): number {
    const entry = this.entries.get(key);
    // Rounded up: a failure counts as a whole until it has expired.
    const beyond = Math.ceil(entry?.level ?? 0) - free;
    if (entry === undefined || beyond < 0) return 0;
    const length = Math.min(FIRST_LOCK_MS * 2 ** beyond, LONGEST_LOCK_MS);
    return Math.max(0, entry.at + length - now);
  }

  private set(key: string, entry: Count): void {
    this.entries.set(key, entry);
    this.store.keep(this.rule.list, key, entry);
  }

  private delete(key: string): void {
    this.entries.delete(key);
    this.store.drop(this.rule.list, key);
  }
}
