/**
 * The texts and questions of PAM while it opens a session. Texts are kept until the session is open, because a page may
 * be reloaded and there may be several pages: each request says which items its page has.
 */
import type { fromLeader } from '../../protocol/broker-leader.ts';
import type { MessageOf } from '../../protocol/codec.ts';
import type { BrokerSessionStep, SignedKey } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import { asks, type PromptItem } from '../../protocol/page-gateway.ts';
import { itemsOf, keyOf } from './pam-items.ts';
import { TextRoom } from './text-room.ts';
import type { WhenSaid } from './until-news.ts';

/**
 * The result of a question. given: an answer, which the module checks. All others mean no answer. absent: the user does
 * not wait for the session, or has no page open. full: too many other questions wait for the user. late: no answer in
 * time. cancelled: by the user, or because the session is to end.
 */
export type Outcome = 'given' | 'absent' | 'full' | 'late' | 'cancelled';

/** The call of the PAM conversation function that waits for answers. */
interface Question {
  /** The number of its first message, and of its first message that asks. */
  readonly first: number;
  readonly asks: number;
  /** How many of its messages ask. */
  readonly count: number;
  /** The text of the first message that asks, for the audit. */
  readonly text: string;
}

const MOST_HEARING = 8;

export class StartTalk {
  readonly id: ConversationId;
  question: Question | null = null;
  /** The result of the last question. */
  outcome: Outcome | null = null;
  /** Checks whether the question must be cancelled (put-question.ts). */
  timer: NodeJS.Timeout | undefined;
  /** For how many seconds PAM waits for an answer. */
  patience = 0;
  over = false;
  private key: SignedKey | null = null;
  private readonly items: PromptItem[] = [];
  private readonly room = new TextRoom();
  private readonly listeners = new Set<() => void>();

  constructor(id: ConversationId) {
    this.id = id;
  }

  get begun(): boolean {
    return this.items.length > 0;
  }

  takeKey(message: MessageOf<typeof fromLeader, 'key'>): void {
    this.key = keyOf(message);
    this.patience = message.patience;
  }

  /** Error texts of PAM modules, which the user is shown if the session cannot be opened. */
  get errors(): string[] {
    return this.items.filter(({ style }) => style === 'error').map(({ text }) => text);
  }

  /** Adds the items of a prompt; returns those that it kept. */
  take(message: MessageOf<typeof fromLeader, 'prompt'>): readonly PromptItem[] {
    const items = itemsOf(message, this.room);
    const asking = items.filter(asks);
    const [ask] = asking;
    if (ask !== undefined) {
      if (this.key === null) throw new Error('a prompt came before the key');
      if (this.question !== null) throw new Error('a prompt came before the last was answered');
      const count = asking.length;
      this.question = { first: message.first, asks: ask.number, count, text: ask.text };
    }
    this.items.push(...items);
    this.tell();
    return items;
  }

  closeQuestion(outcome: Outcome): void {
    this.outcome = outcome;
    this.dropQuestion();
    this.tell();
  }

  end(): void {
    this.over = true;
    this.dropQuestion();
    this.tell();
  }

  private dropQuestion(): void {
    clearTimeout(this.timer);
    this.question = null;
    const texts = this.items.filter((item) => !asks(item));
    this.items.splice(0, this.items.length, ...texts);
  }

  /** after: the number of the last item that the page has. */
  step(after: number): BrokerSessionStep {
    if (this.over) return { kind: 'over' };
    const { id: conversation, key, question } = this;
    const items = this.items.filter((item) => item.number > after || asks(item));
    if (question !== null && key !== null) return { kind: 'prompts', conversation, key, items };
    return { kind: 'waiting', conversation, key: null, seconds: null, items };
  }

  whenSaid(after: number): WhenSaid {
    return (listener) => {
      const heard = this.items.every(({ number }) => number <= after);
      if (!heard || this.over) listener();
      else this.listen(listener);
      return () => this.listeners.delete(listener);
    };
  }

  /** Limits how many requests of a user wait here: one more makes the oldest return. */
  private listen(listener: () => void): void {
    const [oldest] = this.listeners;
    if (this.listeners.size >= MOST_HEARING && oldest !== undefined) {
      this.listeners.delete(oldest);
      oldest();
    }
    this.listeners.add(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
    this.listeners.clear();
  }
}
