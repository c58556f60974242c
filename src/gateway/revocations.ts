/**
 * What depends on a ticket (open sockets, cached checks) is closed here as soon as the broker revokes it. Ids of
 * revoked tickets are remembered for a while: an answer that was under way may still name one.
 */
import { KeyedSets } from '../lib/keyed-sets.ts';
import type { TicketId } from '../protocol/ids.ts';
import type { Clock } from './clock.ts';

/** Longer than any request to the broker may take. */
const REMEMBER_MS = 15 * 60_000;

export class Revocations {
  private readonly clock: Clock;
  private readonly held = new KeyedSets<TicketId, () => void>();
  private readonly revoked = new Map<TicketId, number>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Calls `close` when the ticket is revoked, at once if it is already. Returns the release. */
  hold(ticket: TicketId, close: () => void): () => void {
    if (this.isRevoked(ticket)) {
      close();
      return () => {};
    }
    return this.held.add(ticket, close);
  }

  isRevoked(ticket: TicketId): boolean {
    return this.revoked.has(ticket);
  }

  revoke(tickets: readonly TicketId[]): void {
    const now = this.clock.monotonic();
    for (const [ticket, at] of this.revoked) {
      if (now - at < REMEMBER_MS) break; // oldest first
      this.revoked.delete(ticket);
    }
    for (const ticket of tickets) {
      this.revoked.set(ticket, now);
      for (const close of this.held.take(ticket)) close();
    }
  }
}
