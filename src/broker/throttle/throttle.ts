/**
 * Who must wait before the next try to sign in. Only those who failed themselves ever wait: others' failures lock
 * neither an account nor, for browsers that have signed in with a name before, an address.
 */
import { networkOf } from '../../lib/network-of.ts';
import { Failures } from './failures.ts';
import { KnownBrowsers } from './known-browsers.ts';
import type { ThrottleStore } from './throttle-store.ts';

const MINUTE = 60_000;
/** One name tried from one address: somebody mistypes, or guesses. */
const PAIR = { list: 'pair', free: 5, forgetMs: 10 * MINUTE } as const;
/** All names from one address. */
const ADDRESS = { list: 'address', free: 20, forgetMs: 2 * MINUTE } as const;
/** One name from all addresses. From here on each of them may fail with it only once. */
const USER = { list: 'user', free: 30, forgetMs: MINUTE } as const;
const FREE_UNDER_ATTACK = 1;
/** While a guess of one who has failed before is with PAM, the others wait for about as long as it may take. */
const UNDER_WAY_MS = 3000;

/**
 * wrong: failed, or given up after it had been tried. unjudged: the machine is said to be at fault; it may have been a
 * guess all the same, but people whose directory is down must not lock their whole network. none: not a guess.
 */
export type Verdict = 'right' | 'wrong' | 'unjudged' | 'none';
export interface Attempt {
  readonly address: string;
  readonly user: string;
  /** The secret of its cookie; empty: there is none. */
  readonly browser: string;
}

export class Throttle {
  private readonly monotonic: () => number;
  private readonly store: ThrottleStore;
  private readonly pairs: Failures;
  private readonly addresses: Failures;
  private readonly users: Failures;
  private readonly browsers: KnownBrowsers;
  /** How many guesses of a pair PAM is judging. */
  private readonly underWay = new Map<string, number>();

  constructor(monotonic: () => number, store: ThrottleStore) {
    this.monotonic = monotonic;
    this.store = store;
    this.pairs = new Failures(PAIR, store);
    this.addresses = new Failures(ADDRESS, store);
    this.users = new Failures(USER, store);
    this.browsers = new KnownBrowsers(monotonic, store);
  }

  /** ms; 0: it may try. */
  waitMs(attempt: Attempt): number {
    return this.lockMs(attempt) || this.crowdMs(attempt);
  }

  /** For how long failures lock it. */
  lockMs(attempt: Attempt): number {
    const now = this.monotonic();
    const { network, pair, isKnown } = this.keysOf(attempt);
    const addressMs = isKnown ? 0 : this.addresses.lockMs(network, now);
    return Math.max(addressMs, this.pairs.lockMs(pair, now, this.freeOf(attempt)));
  }

  /** PAM is given an answer. */
  begin(attempt: Attempt): void {
    const { pair } = this.keysOf(attempt);
    this.underWay.set(pair, (this.underWay.get(pair) ?? 0) + 1);
  }

  /** What became of it. Must follow each begin. */
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

  /** What is forgotten anyhow need not be kept. */
  prune(): void {
    const now = this.monotonic();
    this.store.together(() => {
      for (const failures of [this.pairs, this.addresses, this.users]) failures.prune(now);
    });
  }

  /** Whoever signed in shows from now on the secret that this returns. */
  recognize({ user, browser }: Attempt): string {
    return this.browsers.note(browser, user.toLowerCase());
  }

  /** Whoever gets in had mistyped: that does not count against the address either. */
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

  /** Many guesses at once must not count as one. Who never failed may sign in as often at once as they like. */
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

  /** A known browser is counted by itself: what others at its address try with its name is not its doing. */
  private keysOf({ address, user, browser }: Attempt) {
    const network = networkOf(address);
    const name = user.toLowerCase();
    const known = browser === '' ? null : this.browsers.find(browser, name);
    return { network, name, pair: known ?? `${network} ${name}`, isKnown: known !== null };
  }
}
