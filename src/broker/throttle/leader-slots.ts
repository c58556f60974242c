/**
 * Limits how many leaders sign users in at the same time: fewer than rootd allows, so that rootd never drops any at
 * random, and not all for one network. Others wait in a queue; the network that has the fewest leaders is next.
 */

import { networkOf } from '../../lib/network-of.ts';
import { ProblemError } from '../base/problem.ts';

export interface SlotLimits {
  /** rootd begins to drop leaders at 100 (count-startups.c), and session starts need some of these. */
  readonly total: number;
  readonly perNetwork: number;
  readonly waiting: number;
  readonly waitMs: number;
  /** While others wait, a sign-in idle for longer is ended: before its first answer, which the page sends at once, … */
  readonly firstMs: number;
  /** … and before a further one, which the user has to type. */
  readonly furtherMs: number;
}
export const SLOT_LIMITS: SlotLimits = {
  total: 80,
  perNetwork: 40,
  waiting: 1000,
  waitMs: 30_000,
  firstMs: 5_000,
  furtherMs: 20_000,
};
/** The part of a Conversation that is used here. */
export interface SlotHolder {
  readonly origin: { readonly address: string };
  /** PAM has got at least one answer from the user. */
  readonly hasAnswered: boolean;
  /** Since when (monotonic) it waits for the user; null while PAM works. */
  readonly idleSince: number | null;
  readonly end: (detail: string) => void;
}
interface Waiter {
  readonly network: string;
  readonly admit: () => void;
  readonly refuse: (error: ProblemError) => void;
}

export class LeaderSlots {
  private readonly limits: SlotLimits;
  private readonly monotonic: () => number;
  private readonly holders = new Map<SlotHolder, string>();
  private readonly waiting = new Map<SlotHolder, Waiter>();
  private timer: NodeJS.Timeout | null = null;

  constructor(monotonic: () => number, limits: SlotLimits = SLOT_LIMITS) {
    this.monotonic = monotonic;
    this.limits = limits;
  }

  /** Resolves when the conversation may have a leader. Must be followed by leave(). */
  enter(conversation: SlotHolder): Promise<void> {
    const network = networkOf(conversation.origin.address);
    if (this.waiting.size >= this.limits.waiting && !this.shortenLine(network)) {
      return Promise.reject(this.refusal(network));
    }
    return new Promise((resolve, reject) => {
      const late = () => this.drop(conversation, this.refusal(network));
      const timer = setTimeout(late, this.limits.waitMs).unref();
      const admit = () => {
        clearTimeout(timer);
        resolve();
      };
      const refuse = (error: ProblemError) => {
        clearTimeout(timer);
        reject(error);
      };
      this.waiting.set(conversation, { network, admit, refuse });
      this.admitWaiting();
      this.makeRoom();
    });
  }

  /** Its leader has ended, or it does not need one any more. */
  leave(conversation: SlotHolder): void {
    this.drop(conversation, new ProblemError('conversation-gone', 'it ended while it waited'));
    if (this.holders.delete(conversation)) this.admitWaiting();
  }

  private drop(conversation: SlotHolder, error: ProblemError): void {
    const waiter = this.waiting.get(conversation);
    this.waiting.delete(conversation);
    waiter?.refuse(error);
  }

  private admitWaiting(): void {
    while (this.holders.size < this.limits.total) {
      const counts = this.countHolders();
      const held = ([, { network }]: [SlotHolder, Waiter]) => counts.get(network) ?? 0;
      const fitting = [...this.waiting].filter((entry) => held(entry) < this.limits.perNetwork);
      if (fitting.length === 0) return;
      const [conversation, waiter] = fitting.reduce((a, b) => (held(b) < held(a) ? b : a));
      this.waiting.delete(conversation);
      this.holders.set(conversation, waiter.network);
      waiter.admit();
    }
  }

  private countHolders(): Map<string, number> {
    return countValues(this.holders.values());
  }

  /** While others wait, ends the sign-ins that have been idle for too long. Also called when one becomes idle. */
  makeRoom(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    while (this.waiting.size > 0) {
      const [first] = this.listIdle();
      if (first === undefined) return;
      if (first.patience > 0) {
        this.timer = setTimeout(() => this.makeRoom(), first.patience).unref();
        return;
      }
      first.conversation.end('others wait for its place');
    }
  }

  /** The idle sign-ins whose end would admit another, with the ms that they may still stay; the shortest first. */
  private listIdle() {
    const counts = this.countHolders();
    const full = (network: string) => (counts.get(network) ?? 0) >= this.limits.perNetwork;
    const networks = [...this.waiting.values()].map(({ network }) => network);
    const all = this.holders.size >= this.limits.total && networks.some((name) => !full(name));
    const crowded = new Set(networks.filter(full));
    const now = this.monotonic();
    return [...this.holders]
      .filter(([{ idleSince }, network]) => idleSince !== null && (all || crowded.has(network)))
      .map(([conversation]) => {
        const { hasAnswered, idleSince } = conversation;
        const may = hasAnswered ? this.limits.furtherMs : this.limits.firstMs;
        return { conversation, patience: (idleSince ?? now) + may - now };
      })
      .toSorted((a, b) => a.patience - b.patience);
  }

  /** Removes the last one of the network that fills most of the full queue. False: the newcomer is of that network. */
  private shortenLine(newcomer: string): boolean {
    const counts = countValues([...this.waiting.values()].map(({ network }) => network));
    const most = Math.max(...counts.values());
    if ((counts.get(newcomer) ?? 0) >= most) return false;
    const last = [...this.waiting].findLast(([, { network }]) => counts.get(network) === most);
    if (last === undefined) return false;
    this.drop(last[0], this.refusal(last[1].network));
    return true;
  }

  private refusal(network: string): ProblemError {
    const own = this.countHolders().get(network) ?? 0;
    if (own < this.limits.perNetwork) {
      return new ProblemError('sign-in-busy', `${this.holders.size} leaders are signing in`);
    }
    const text =
      'Too many people are signing in from your network right now. Try again in a moment.';
    return new ProblemError('too-many', `${own} sign-ins from '${network}'`, text, 10);
  }
}

function countValues(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
