/**
 * Binds each sign-in conversation to the browser that began it, by a random cookie, so that nobody else can answer.
 * Kept in memory only: when the gateway's connection ends, the broker ends all conversations.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { KEY_SECONDS } from '../../protocol/broker-leader.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { Clock } from '../clock.ts';
import { Failure } from '../problem.ts';

const MAX_CONVERSATIONS = 10_000;

interface Bound {
  readonly digest: Buffer;
  /** Monotonic ms */
  readonly expires: number;
}

export class Conversations {
  private readonly clock: Clock;
  private readonly bound = new Map<ConversationId, Bound>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The browser's secret: the one that it already has from us, so that two tabs can sign in at once, or a new one. */
  secretFor(cookie: string | undefined): string {
    if (cookie !== undefined) {
      const digest = digestOf(cookie);
      for (const known of this.bound.values()) {
        if (timingSafeEqual(known.digest, digest)) return cookie;
      }
    }
    return randomBytes(32).toString('base64url');
  }

  bind(conversation: ConversationId, secret: string): void {
    const now = this.clock.monotonic();
    const expires = now + KEY_SECONDS * 1000;
    for (const [id, known] of this.bound) if (known.expires <= now) this.bound.delete(id);
    if (this.bound.size >= MAX_CONVERSATIONS) {
      throw new Failure('sign-in-busy', `${MAX_CONVERSATIONS} conversations are open`);
    }
    this.bound.set(conversation, { digest: digestOf(secret), expires });
  }

  /** Throws 'conversation-gone' unless this browser began it. */
  check(conversation: ConversationId, cookie: string | undefined): void {
    const known = this.bound.get(conversation);
    if (!known) throw new Failure('conversation-gone', 'no such conversation');
    if (cookie === undefined || !timingSafeEqual(known.digest, digestOf(cookie))) {
      throw new Failure('conversation-gone', 'the conversation belongs to another browser');
    }
    if (known.expires > this.clock.monotonic()) return;
    this.end(conversation);
    throw new Failure('conversation-gone', 'the conversation took too long');
  }

  end(conversation: ConversationId): void {
    this.bound.delete(conversation);
  }

  endAll(): void {
    this.bound.clear();
  }
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
