/**
 * One sign-in: a leader that runs the login profile, and the way of its prompts and of the sealed answers. What the
 * leader says is gathered until there is something for the person: prompts to answer, or the end.
 */
import { type fromLeader, PROMPT_STYLES } from '../../protocol/broker-leader.ts';
import type { MessageOf } from '../../protocol/codec.ts';
import type { BrokerSignInStep, Origin } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import type { PromptItem, PromptStyle } from '../../protocol/page-gateway.ts';
import type { FromLeader, LeaderConnection } from '../leader-client.ts';
import type { Peer } from '../peer.ts';
import { LONGEST_QUESTION, TextRoom } from '../text-room.ts';

export type ConversationKey = Extract<BrokerSignInStep, { kind: 'prompts' }>['key'];
export type Outcome =
  | { readonly kind: 'prompts'; readonly key: ConversationKey; readonly items: PromptItem[] }
  | {
      readonly kind: 'authenticated';
      readonly items: PromptItem[];
      readonly message: MessageOf<typeof fromLeader, 'authenticated'>;
    }
  | {
      readonly kind: 'failed';
      readonly items: PromptItem[];
      readonly message: MessageOf<typeof fromLeader, 'failed'>;
    }
  /** The leader went away, or did not keep to the protocol. */
  | {
      readonly kind: 'lost';
      readonly items: PromptItem[];
      readonly code: 'sign-in-unavailable' | 'conversation-gone';
      readonly detail: string;
    };

const STYLE_NAMES = new Map<number, PromptStyle>(
  Object.entries(PROMPT_STYLES).map(([name, number]) => [number, name as PromptStyle]),
);

const LEADER_ENDED =
  'the leader ended: a PAM module crashed, or worked longer than auth-pam-timeout-seconds (see the log)';

export class Conversation {
  readonly id: ConversationId;
  readonly user: string;
  readonly origin: Origin;
  /** Only the connection that started it may go on with it. */
  readonly owner: Peer;
  /** Since when (monotonic) it waits for the person; null while PAM works. */
  idleSince: number | null = null;
  /** PAM was given something to judge. */
  hasAnswered = false;
  private leader: LeaderConnection | null = null;
  private key: ConversationKey | null = null;
  private items: PromptItem[] = [];
  private room = new TextRoom();
  /** The call whose answers are awaited: the number of its first message, and how many of them ask. */
  private asked = { first: 0, count: 0 };
  private waiting: ((outcome: Outcome) => void) | null = null;
  private over = false;
  /** Called once, when nothing can follow any more. */
  private readonly release: (conversation: Conversation) => void;

  constructor(
    start: { id: ConversationId; user: string; origin: Origin; owner: Peer },
    release: (conversation: Conversation) => void,
  ) {
    this.id = start.id;
    this.user = start.user;
    this.origin = start.origin;
    this.owner = start.owner;
    this.release = release;
  }

  /** How many answers are wanted; 0 while PAM works. */
  get wanted(): number {
    return this.asked.count;
  }

  /** Has the leader sign the user in, up to the first outcome. */
  start(leader: LeaderConnection, service: string): Promise<Outcome> {
    if (this.over) {
      leader.destroy();
      return Promise.resolve(lost('conversation-gone', 'ended before its leader was there'));
    }
    this.leader = leader;
    leader.listen({
      message: (message) => this.receive(message),
      close: (error) => this.settle(lost('sign-in-unavailable', error?.message ?? LEADER_ENDED)),
    });
    leader.send({
      name: 'authenticate',
      conversation: Buffer.from(this.id, 'hex'),
      service,
      user: this.user,
      rhost: this.origin.address,
    });
    return this.outcome();
  }

  /** Hands over the sealed answers, as many as are wanted, and goes on to the next outcome. */
  answer(sealed: readonly Uint8Array[]): Promise<Outcome> {
    const { first } = this.asked;
    this.asked = { first: 0, count: 0 };
    this.hasAnswered = true;
    this.leader?.send({ name: 'answer', first, sealed });
    return this.outcome();
  }

  /** Ends the leader, wherever it is: PAM is told of no failure, because nobody guessed anything. */
  end(detail: string): void {
    this.settle(lost('conversation-gone', detail));
    this.leader?.destroy();
  }

  private outcome(): Promise<Outcome> {
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  private settle(outcome: Outcome): void {
    if (outcome.kind !== 'prompts' && !this.over) {
      this.over = true;
      this.release(this);
    }
    this.waiting?.(outcome);
    this.waiting = null;
  }

  private receive(message: FromLeader): void {
    switch (message.name) {
      case 'key':
        this.key = keyOf(message);
        return;
      case 'prompt':
        this.prompt(message);
        return;
      case 'authenticated':
      case 'failed':
        this.settle({ kind: message.name, items: this.takeItems(), message } as Outcome);
        return;
      default:
        throw new Error(`'${message.name}' does not belong into a sign-in`);
    }
  }

  private prompt({ first, styles, texts }: MessageOf<typeof fromLeader, 'prompt'>): void {
    if (styles.length !== texts.length) {
      throw new Error(`a prompt of ${styles.length} styles and ${texts.length} texts`);
    }
    const items = texts.flatMap((whole, index): PromptItem[] => {
      const style = STYLE_NAMES.get(styles[index]!);
      if (style === undefined) throw new Error(`there is no prompt style ${styles[index]}`);
      const text = asks(style) ? whole.slice(0, LONGEST_QUESTION) : this.room.keep(whole);
      return text === null ? [] : [{ number: first + index, style, text }];
    });
    this.items.push(...items);
    const asking = items.filter(({ style }) => asks(style));
    if (asking.length === 0) return;
    if (this.key === null) throw new Error('a prompt came before the key');
    if (this.waiting === null) throw new Error('a prompt came before the last one was answered');
    this.asked = { first, count: asking.length };
    this.settle({ kind: 'prompts', key: this.key, items: this.takeItems() });
  }

  private takeItems(): PromptItem[] {
    const items = this.items;
    this.items = [];
    this.room = new TextRoom();
    return items;
  }
}

function asks(style: PromptStyle): boolean {
  return style === 'hidden' || style === 'shown';
}

function lost(code: 'sign-in-unavailable' | 'conversation-gone', detail: string): Outcome {
  return { kind: 'lost', items: [], code, detail };
}

function keyOf(message: MessageOf<typeof fromLeader, 'key'>): ConversationKey {
  return {
    public: Buffer.from(message.public).toString('base64'),
    expires: Number(message.expires),
    signature: Buffer.from(message.signature).toString('base64'),
  };
}
