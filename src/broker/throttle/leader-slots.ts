/**
 * How many leaders may be busy signing people in: fewer than rootd allows, so that it never has to drop one of them
 * blindly, and no address gets all. Whoever finds no room waits in line; the address that holds least goes first.
 */

import { networkOf } from '../../lib/network-of.ts';
import { ProblemError } from '../problem.ts';
import type { Conversation } from '../sign-in/conversation.ts';

export interface SlotLimits {
  /** rootd begins to drop at 100 (its count-startups.c), session starts need some of these. */
  readonly total: number;
  readonly perNetwork: number;
  readonly waiting: number;
  readonly waitMs: number;
  /** Whoever lets PAM wait for an answer for longer gives way. */
  readonly idleMs: number;
}
export const SLOT_LIMITS: SlotLimits = {
  total: 80,
  perNetwork: 40,
  waiting: 1000,
  waitMs: 30_000,
  idleMs: 20_000,
};
interface Waiter {
  readonly network: string;
  readonly admit: () => void;
  readonly refuse: (error: ProblemError) => void;
}

export class LeaderSlots {
  private readonly limits: SlotLimits;
  private readonly monotonic: () => number;
  private readonly holders = new Map<Conversation, string>();
  private readonly waiting = new Map<Conversation, Waiter>();

  constructor(monotonic: () => number, limits: SlotLimits = SLOT_LIMITS) {
    this.monotonic = monotonic;
    this.limits = limits;
  }

  /** Resolves when the conversation may have a leader. Must be followed by leave(). */
  enter(conversation: Conversation): Promise<void> {
    const network = networkOf(conversation.origin.address);
    if (this.waiting.size >= this.limits.waiting) return Promise.reject(this.refusal(network));
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
      if (this.waiting.has(conversation)) this.endIdle(network);
    });
  }

  /** Its leader is gone, or it does not want one any more. */
  leave(conversation: Conversation): void {
    this.drop(conversation, new ProblemError('conversation-gone', 'it ended while it waited'));
    if (this.holders.delete(conversation)) this.admitWaiting();
  }

  private drop(conversation: Conversation, error: ProblemError): void {
    const waiter = this.waiting.get(conversation);
    this.waiting.delete(conversation);
    waiter?.refuse(error);
  }

  private admitWaiting(): void {
    while (this.holders.size < this.limits.total) {
      const counts = this.countHolders();
      const held = ([, { network }]: [Conversation, Waiter]) => counts.get(network) ?? 0;
      const fitting = [...this.waiting].filter((entry) => held(entry) < this.limits.perNetwork);
      if (fitting.length === 0) return;
      const [conversation, waiter] = fitting.reduce((a, b) => (held(b) < held(a) ? b : a));
      this.waiting.delete(conversation);
      this.holders.set(conversation, waiter.network);
      waiter.admit();
    }
  }

  private countHolders(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const network of this.holders.values()) {
      counts.set(network, (counts.get(network) ?? 0) + 1);
    }
    return counts;
  }

  /** The one that has been idle longest, of the address that holds too many: the newcomer's, else the greediest. */
  private endIdle(newcomer: string): void {
    const counts = this.countHolders();
    const isFull = (counts.get(newcomer) ?? 0) >= this.limits.perNetwork;
    const most = Math.max(...counts.values());
    if (!isFull && most < 2) return; // nobody holds more than a share
    const before = this.monotonic() - this.limits.idleMs;
    const since = ({ idleSince }: Conversation) => idleSince ?? Infinity;
    const idle = [...this.holders]
      .filter(([, network]) => (isFull ? network === newcomer : counts.get(network) === most))
      .map(([conversation]) => conversation)
      .filter((conversation) => since(conversation) <= before);
    if (idle.length === 0) return;
    idle.reduce((a, b) => (since(b) < since(a) ? b : a)).end('others wait for its place');
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
