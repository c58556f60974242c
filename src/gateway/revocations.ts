/**
 * What depends on a ticket (open sockets, cached checks) is closed here as soon as the broker revokes it. Ids of
 * revoked tickets are remembered for a while: an answer that was under way may still name one.
 */
import type { TicketId } from '../protocol/ids.ts';
import type { Clock } from './clock.ts';

/** Longer than any request to the broker may take. */
const REMEMBER_MS = 15 * 60_000;

export class Revocations {
  private readonly clock: Clock;
  private readonly held = new Map<TicketId, Set<() => void>>();
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
    const closers = this.held.get(ticket) ?? new Set();
    this.held.set(ticket, closers.add(close));
    return () => {
      closers.delete(close);
      if (closers.size === 0 && this.held.get(ticket) === closers) this.held.delete(ticket);
    };
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
      const closers = this.held.get(ticket);
      this.held.delete(ticket);
      for (const close of closers ?? []) close();
    }
  }
}
