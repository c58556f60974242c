/**
 * Browsers that have signed in with a name before, recognized by a secret in a cookie. Failures of others at the same
 * address do not lock them. If the address were the proof, others there could find out which names sign in from it.
 */
import { createHash } from 'node:crypto';
import { makeSecret } from '../rows/ticket-store.ts';
import { MAX_ENTRIES } from './failures.ts';
import type { Count, ThrottleStore } from './throttle-store.ts';

/** Entries of one name. A user who signs in again and again without the cookie replaces only their own entries. */
const PER_NAME = 50;
/** Characters of the SHA-256 (hexadecimal) at the start of a key; a blank and the name follow. */
const DIGEST = 64;

export class KnownBrowsers {
  private readonly monotonic: () => number;
  private readonly store: ThrottleStore;
  /** The oldest first. */
  private readonly entries: Map<string, Count>;

  constructor(monotonic: () => number, store: ThrottleStore) {
    this.monotonic = monotonic;
    this.store = store;
    this.entries = store.load('known');
  }

  /** The key for this browser and this name; null: the browser has not signed in with this name. */
  find(secret: string, name: string): string | null {
    const key = keyOf(secret, name);
    return this.entries.has(key) ? key : null;
  }

  /** Records a sign-in. Returns the secret for the browser's cookie: the present one, if it is one of ours. */
  note(secret: string, name: string): string {
    if (this.find(secret, name) !== null) return secret;
    const kept = this.isOurs(secret) ? secret : makeSecret();
    this.store.together(() => {
      this.add(keyOf(kept, name));
      const own = [...this.entries.keys()].filter((key) => key.slice(DIGEST + 1) === name);
      if (own.length > PER_NAME) this.drop(own[0]!);
      if (this.entries.size > MAX_ENTRIES) this.drop(this.entries.keys().next().value!);
    });
    return kept;
  }

  private isOurs(secret: string): boolean {
    const digest = digestOf(secret);
    return [...this.entries.keys()].some((key) => key.startsWith(digest));
  }

  private add(key: string): void {
    const count = { at: this.monotonic(), level: 0 };
    this.entries.set(key, count);
    this.store.keep('known', key, count);
  }

  private drop(key: string): void {
    this.entries.delete(key);
    this.store.drop('known', key);
  }
}

function keyOf(secret: string, name: string): string {
  return `${digestOf(secret)} ${name}`;
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
