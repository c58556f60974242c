/**
 * Decides who must wait before the next attempt to sign in. Failures lock a name at one address, many also the address.
 * They never lock an account everywhere, and an address lock does not apply to browsers that have signed in before.
 */
import { networkOf } from '../../lib/network-of.ts';
import { Failures } from './failures.ts';
import { KnownBrowsers } from './known-browsers.ts';
import type { ThrottleStore } from './throttle-store.ts';

const MINUTE = 60_000;
/** Failures with one name from one address: typing errors, or guesses. */
const PAIR = { list: 'pair', free: 5, forgetMs: 10 * MINUTE } as const;
/** Failures with all names from one address. */
const ADDRESS = { list: 'address', free: 20, forgetMs: 2 * MINUTE } as const;
/** Failures with one name from all addresses. At `free` of them, each address has only FREE_UNDER_ATTACK failures. */
const USER = { list: 'user', free: 30, forgetMs: MINUTE } as const;
const FREE_UNDER_ATTACK = 1;
/** How long an attempt must wait because of others that PAM is checking (crowdMs): about as long as a check takes. */
const UNDER_WAY_MS = 3000;

/**
 * wrong: failed, or cancelled after an answer. unjudged: PAM reports a fault of the machine. It may be a guess, but is
 * not counted for the address: users whose directory service is down must not lock their network. none: not a guess.
 */
export type Verdict = 'right' | 'wrong' | 'unjudged' | 'none';
export interface Attempt {
  readonly address: string;
  readonly user: string;
  /** The secret in the browser's cookie; empty: it has none. */
  readonly browser: string;
}

export class Throttle {
  private readonly monotonic: () => number;
  private readonly store: ThrottleStore;
  private readonly pairs: Failures;
  private readonly addresses: Failures;
  private readonly users: Failures;
  private readonly browsers: KnownBrowsers;
  /** How many attempts of each pair PAM is checking. */
  private readonly underWay = new Map<string, number>();

  constructor(monotonic: () => number, store: ThrottleStore) {
    this.monotonic = monotonic;
    this.store = store;
    this.pairs = new Failures(PAIR, store);
    this.addresses = new Failures(ADDRESS, store);
    this.users = new Failures(USER, store);
    this.browsers = new KnownBrowsers(monotonic, store);
  }

  /** How long the attempt must wait (ms); 0: not at all. */
  waitMs(attempt: Attempt): number {
    return this.lockMs(attempt) || this.crowdMs(attempt);
  }

  /** How long the attempt is locked because of failures (ms). */
  lockMs(attempt: Attempt): number {
    const now = this.monotonic();
    const { network, pair, isKnown } = this.keysOf(attempt);
    const addressMs = isKnown ? 0 : this.addresses.lockMs(network, now);
    return Math.max(addressMs, this.pairs.lockMs(pair, now, this.freeOf(attempt)));
  }

  /** PAM begins to check the attempt. Each call must be followed by end(). */
  begin(attempt: Attempt): void {
    const { pair } = this.keysOf(attempt);
    this.underWay.set(pair, (this.underWay.get(pair) ?? 0) + 1);
  }

  end(attempt: Attempt, verdict: Verdict): void {
    const { pair } = this.keysOf(attempt);
    const left = (this.underWay.get(pair) ?? 1) - 1;
    if (left > 0) this.underWay.set(pair, left);
    else this.underWay.delete(pair);
    if (verdict === 'right') this.succeed(attempt);
    else if (verdict !== 'none') this.fail(attempt, verdict);
  }

  fail(attempt: Attempt, verdict: 'wrong' | 'unjudged'): void {
    const now = this.monotonic();
    const { network, name, pair } = this.keysOf(attempt);
    this.store.together(() => {
      this.pairs.add(pair, now);
      if (verdict === 'wrong') this.addresses.add(network, now);
      this.users.add(name, now);
    });
  }

  /** Drops what has expired. */
  prune(): void {
    const now = this.monotonic();
    this.store.together(() => {
      for (const failures of [this.pairs, this.addresses, this.users]) failures.prune(now);
    });
  }

  /** Records that the browser has signed in with this name. Returns the secret for its cookie. */
  recognize({ user, browser }: Attempt): string {
    return this.browsers.note(browser, user.toLowerCase());
  }

  /** The failures before a success were typing errors, so they are also subtracted for the address and the name. */
  private succeed(attempt: Attempt): void {
    const { network, name, pair } = this.keysOf(attempt);
    const own = Math.ceil(this.pairs.level(pair, this.monotonic()));
    if (own === 0) return;
    this.store.together(() => {
      this.pairs.forgive(pair, own);
      this.addresses.forgive(network, own);
      this.users.forgive(name, own);
    });
  }

  /** Counts parallel attempts too, as they may all be guesses. A pair without failures may make any number at once. */
  private crowdMs(attempt: Attempt): number {
    const { pair } = this.keysOf(attempt);
    const underWay = this.underWay.get(pair) ?? 0;
    const level = this.pairs.level(pair, this.monotonic());
    const isCrowd = level > 0 && underWay > 0 && level + underWay >= this.freeOf(attempt);
    return isCrowd ? UNDER_WAY_MS : 0;
  }

  private freeOf(attempt: Attempt): number {
    const { name, isKnown } = this.keysOf(attempt);
    if (isKnown) return PAIR.free;
    const attacked = this.users.level(name, this.monotonic()) >= USER.free;
    return attacked ? FREE_UNDER_ATTACK : PAIR.free;
  }

  /** A known browser has a pair of its own: attempts of others with its name and address do not count for it. */
  private keysOf({ address, user, browser }: Attempt) {
    const network = networkOf(address);
    const name = user.toLowerCase();
    const known = browser === '' ? null : this.browsers.find(browser, name);
    return { network, name, pair: known ?? `${network} ${name}`, isKnown: known !== null };
  }
}
