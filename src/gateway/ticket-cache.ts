/**
 * Caches the broker's checks of tickets for a while, so that pages keep working while it restarts. A revocation drops
 * the entry at once.
 */
import { SECRET_PATTERN, type TicketInfo } from '../protocol/gateway-broker.ts';
import type { TicketId } from '../protocol/ids.ts';
import type { BrokerClient } from './broker-client.ts';
import type { Clock } from './clock.ts';
import { Failure } from './problem.ts';
import type { Revocations } from './revocations.ts';

/** A check younger than this is used without asking the broker. */
const FRESH_MS = 30_000;
/** A check younger than this is used while the broker is unreachable. */
const HONOURED_MS = 60_000;
/** How often a ticket in use is marked active, which extends it. */
const ACTIVE_MS = 60_000;
const MAX_ENTRIES = 10_000;

interface Entry {
  readonly info: TicketInfo;
  readonly checkedAt: number;
  readonly activeAt: number;
}

export class TicketCache {
  private readonly broker: BrokerClient;
  private readonly clock: Clock;
  private readonly revocations: Revocations;
  private readonly entries = new Map<string, Entry>();
  /** Checks under way: one at a time for each ticket and purpose. */
  private readonly asking = new Map<string, Promise<TicketInfo>>();

  constructor(broker: BrokerClient, clock: Clock, revocations: Revocations) {
    this.broker = broker;
    this.clock = clock;
    this.revocations = revocations;
  }

  /** Throws 'not-signed-in', or 'unavailable' when the broker cannot be asked. active: a person did something. */
  async check(ticket: string | undefined, active: boolean): Promise<TicketInfo> {
    if (ticket === undefined) throw new Failure('not-signed-in', 'the request has no ticket');
    if (!SECRET_PATTERN.test(ticket)) throw new Failure('not-signed-in', 'the ticket is malformed');
    const entry = this.entries.get(ticket);
    if (entry && this.isFresh(entry, active)) return entry.info;
    try {
      return await this.ask(ticket, active);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'unavailable') {
        this.forget(ticket);
        throw error;
      }
      const known = this.entries.get(ticket);
      if (known && this.isHonoured(known)) return known.info;
      throw error;
    }
  }

  /** Caches the broker's answer to a sign-in, or to a check that was sent when `activeAt` had this value. */
  keep(ticket: string, info: TicketInfo, active: boolean): void {
    if (this.revocations.isRevoked(info.id)) {
      throw new Failure('not-signed-in', 'the ticket was revoked while it was checked');
    }
    const now = this.clock.monotonic();
    const activeAt = active ? now : (this.entries.get(ticket)?.activeAt ?? -Infinity);
    this.entries.delete(ticket); // to the end: oldest first
    this.entries.set(ticket, { info, checkedAt: now, activeAt });
    this.prune(now);
  }

  forget(ticket: string): void {
    this.entries.delete(ticket);
  }

  dropRevoked(tickets: readonly TicketId[]): void {
    const gone = new Set(tickets);
    for (const [ticket, { info }] of this.entries) if (gone.has(info.id)) this.forget(ticket);
  }

  private ask(ticket: string, active: boolean): Promise<TicketInfo> {
    const question = `${active} ${ticket}`;
    const asked = this.asking.get(question);
    if (asked) return asked;
    const answer = this.broker
      .request('ticket-check', { ticket, active })
      .then((info) => {
        this.keep(ticket, info, active);
        return info;
      })
      .finally(() => this.asking.delete(question));
    this.asking.set(question, answer);
    return answer;
  }

  private isFresh(entry: Entry, active: boolean): boolean {
    const now = this.clock.monotonic();
    if (active && now - entry.activeAt >= ACTIVE_MS) return false;
    return now - entry.checkedAt < FRESH_MS && this.isAlive(entry);
  }

  private isHonoured(entry: Entry): boolean {
    return this.clock.monotonic() - entry.checkedAt < HONOURED_MS && this.isAlive(entry);
  }

  private isAlive({ info, checkedAt }: Entry): boolean {
    return this.clock.monotonic() - checkedAt < Math.min(info.idleMs, info.absoluteMs);
  }

  private prune(now: number): void {
    for (const [ticket, entry] of this.entries) {
      const old = now - entry.checkedAt >= HONOURED_MS;
      if (!old && this.entries.size <= MAX_ENTRIES) break;
      this.forget(ticket);
    }
  }
}
