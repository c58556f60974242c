/** Failures by key (an address, a user name, both): counted, forgotten one by one with time, and how long they lock. */
import type { Count, ListName, ThrottleStore } from './throttle-store.ts';

export interface FailureRule {
  readonly list: ListName;
  /** So many lock nothing. */
  readonly free: number;
  /** After this time one failure is forgotten, then the next. */
  readonly forgetMs: number;
}

const FIRST_LOCK_MS = 10_000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** Attackers must not fill our memory: the one that failed longest ago goes first. */
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

  /** How many are not forgotten, with the fraction of the one that is being forgotten. */
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

  /** So many were no attack after all. A lock that others brought about becomes no longer by that. */
  forgive(key: string, count: number): void {
    const entry = this.entries.get(key);
    if (entry === undefined || count === 0) return;
    const level = entry.level - count;
    if (level <= 0) this.delete(key);
    else this.set(key, { at: entry.at, level });
  }

  /** Those of which nothing is left. */
  prune(now: number): void {
    for (const key of this.entries.keys()) if (this.level(key, now) === 0) this.delete(key);
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

  private set(key: string, entry: Count): void {
    this.entries.set(key, entry);
    this.store.keep(this.rule.list, key, entry);
  }

  private delete(key: string): void {
    this.entries.delete(key);
    this.store.drop(this.rule.list, key);
  }
}
