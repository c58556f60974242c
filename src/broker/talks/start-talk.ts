/**
 * What PAM says and asks while it opens a session. All of it is kept until the session is open: a page may be loaded
 * again, and there may be two, so each says what it has had.
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
 * What came of a question. given: an answer, which the module judges. The others: none. absent: no page of its person is there. full: they have others to answer. late: nobody
 * answered in time. cancelled: the person, or the session was to end.
 */
export type Outcome = 'given' | 'absent' | 'full' | 'late' | 'cancelled';

/** The call of the conversation function whose answers are awaited. */
interface Question {
  /** The number of its first message, and of the first that asks. */
  readonly first: number;
  readonly asks: number;
  /** How many ask. */
  readonly count: number;
  /** The first words that ask, for the audit. */
  readonly text: string;
}

const MOST_HEARING = 8;

export class StartTalk {
  readonly id: ConversationId;
  question: Question | null = null;
  /** Of the last question. */
  outcome: Outcome | null = null;
  /** Ends the question. */
  timer: NodeJS.Timeout | undefined;
  /** Seconds that the person has for an answer. */
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

  /** Errors of PAM modules, for the person, should it fail. */
  get errors(): string[] {
    return this.items.filter(({ style }) => style === 'error').map(({ text }) => text);
  }

  /** What it holds, as far as it is kept. Of a question of the past only its words stay. */
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

  /** It was answered, or will not be. */
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

  /** after: the number of the last message that the page has. */
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

  /** A person who asks again and again holds as many requests as pages of theirs could. */
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
