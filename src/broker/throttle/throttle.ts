/**
 * Who must wait before the next try to sign in. Only those who failed themselves ever wait: others' failures lock
 * neither an account nor, for people who have signed in from it before, an address.
 */
import { Failures } from './failures.ts';
import { networkOf } from './network-of.ts';

const MINUTE = 60_000;
/** One name tried from one address: somebody mistypes, or guesses. */
const PAIR = { free: 5, forgetMs: 10 * MINUTE };
/** All names from one address. */
const ADDRESS = { free: 20, forgetMs: 2 * MINUTE };
/** One name from all addresses. From here on each of them may fail with it only once. */
const USER = { free: 30, forgetMs: MINUTE };
const FREE_UNDER_ATTACK = 1;
/** While a guess of one who has failed before is with PAM, the others wait for about as long as it may take. */
const UNDER_WAY_MS = 3000;
const MAX_KNOWN = 20_000;

/** wrong: failed, or given up after it had been tried. none: it says nothing about the password. */
export type Verdict = 'right' | 'wrong' | 'none';
export interface Attempt {
  readonly address: string;
  readonly user: string;
}

export class Throttle {
  private readonly monotonic: () => number;
  private readonly pairs = new Failures(PAIR);
  private readonly addresses = new Failures(ADDRESS);
  private readonly users = new Failures(USER);
  /** Pairs that have signed in. */
  private readonly known = new Set<string>();
  /** How many guesses of a pair PAM is judging. */
  private readonly underWay = new Map<string, number>();

  constructor(monotonic: () => number) {
    this.monotonic = monotonic;
  }

  /** ms; 0: it may try. */
  waitMs(attempt: Attempt): number {
    return this.lockMs(attempt) || this.crowdMs(attempt);
  }

  /** For how long failures lock it. */
  lockMs(attempt: Attempt): number {
    const now = this.monotonic();
    const { network, pair } = keysOf(attempt);
    const addressMs = this.known.has(pair) ? 0 : this.addresses.lockMs(network, now);
    return Math.max(addressMs, this.pairs.lockMs(pair, now, this.freeOf(attempt)));
  }

  /** PAM is given an answer. */
  begin(attempt: Attempt): void {
    const { pair } = keysOf(attempt);
    this.underWay.set(pair, (this.underWay.get(pair) ?? 0) + 1);
  }

  /** What became of it. Must follow each begin. */
  end(attempt: Attempt, verdict: Verdict): void {
    const { pair } = keysOf(attempt);
    const left = (this.underWay.get(pair) ?? 1) - 1;
    if (left > 0) this.underWay.set(pair, left);
    else this.underWay.delete(pair);
    if (verdict === 'wrong') this.fail(attempt);
    else if (verdict === 'right') this.succeed(attempt);
  }

  fail(attempt: Attempt): void {
    const now = this.monotonic();
    const { network, name, pair } = keysOf(attempt);
    this.pairs.add(pair, now);
    this.addresses.add(network, now);
    this.users.add(name, now);
  }

  /** Whoever gets in had mistyped: that does not count against the address either. */
  private succeed(attempt: Attempt): void {
    const { network, name, pair } = keysOf(attempt);
    const own = Math.ceil(this.pairs.level(pair, this.monotonic()));
    for (const [failures, key] of [
      [this.pairs, pair],
      [this.addresses, network],
      [this.users, name],
    ] as const) {
      failures.forgive(key, own);
    }
    this.known.delete(pair);
    this.known.add(pair);
    const oldest = this.known.values().next().value;
    if (this.known.size > MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
  }

  /** Many guesses at once must not count as one. Who never failed may sign in as often at once as they like. */
  private crowdMs(attempt: Attempt): number {
    const { pair } = keysOf(attempt);
    const underWay = this.underWay.get(pair) ?? 0;
    const level = this.pairs.level(pair, this.monotonic());
    const isCrowd = level > 0 && underWay > 0 && level + underWay >= this.freeOf(attempt);
    return isCrowd ? UNDER_WAY_MS : 0;
  }

  private freeOf(attempt: Attempt): number {
    const { name, pair } = keysOf(attempt);
    if (this.known.has(pair)) return PAIR.free;
    const attacked = this.users.level(name, this.monotonic()) >= USER.free;
    return attacked ? FREE_UNDER_ATTACK : PAIR.free;
  }
}

function keysOf({ address, user }: Attempt) {
  const network = networkOf(address);
  const name = user.toLowerCase();
  return { network, name, pair: `${network} ${name}` };
}
