/**
 * One sign-in: a leader that runs the login profile, and the way of its prompts and of the sealed answers. What the
 * leader says is gathered until there is something for the person: prompts to answer, or the end.
 */

import type { FromLeader, LeaderConnection } from '../../launcher/leader-connection.ts';
import type { fromLeader } from '../../protocol/broker-leader.ts';
import type { MessageOf } from '../../protocol/codec.ts';
import type { BrokerSignInStep, Origin, SignedKey } from '../../protocol/gateway-broker.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import { asks, type PromptItem } from '../../protocol/page-gateway.ts';
import type { Peer } from '../base/peer.ts';
import { itemsOf, keyOf } from './pam-items.ts';
import { TextRoom } from './text-room.ts';
import type { WhenSaid } from './until-news.ts';

export type Outcome =
  | { readonly kind: 'prompts'; readonly key: SignedKey; readonly items: PromptItem[] }
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
      readonly code: 'sign-in-unavailable' | 'sign-in-timeout' | 'conversation-gone';
      readonly detail: string;
    };

const LEADER_ENDED =
  'the leader ended: a PAM module crashed, or worked longer than auth-pam-timeout-seconds (see the log)';
const NO_CONFIRMATION =
  'a PAM module waited for the person, or for its server, longer than auth-person-timeout-seconds';

/** Who wants to sign in, from where, and what the gateway calls it. */
export type SignInStart = Pick<Conversation, 'id' | 'user' | 'origin' | 'browser'>;

export class Conversation {
  readonly id: ConversationId;
  readonly user: string;
  readonly origin: Origin;
  /** The secret of its cookie; empty: there is none. */
  readonly browser: string;
  /** Only the connection that started it may go on with it. */
  readonly owner: Peer;
  /** Since when (monotonic) it waits for the person; null while PAM works. */
  idleSince: number | null = null;
  /** PAM was given something to judge. */
  hasAnswered = false;
  /** What came of the last answers, for whoever asks next; null: it was told, and PAM waits for answers. */
  turn: Promise<() => BrokerSignInStep> | null = null;
  private leader: LeaderConnection | null = null;
  private key: SignedKey | null = null;
  /** Said, and told to nobody yet. */
  private items: PromptItem[] = [];
  private room = new TextRoom();
  /** Said in this turn: what a failure is judged by. */
  private said: PromptItem[] = [];
  private saidRoom = new TextRoom();
  private sayNews: (() => void) | null = null;
  /** Seconds that a module may wait for the person, and since when (monotonic) it does. */
  private patience = 0;
  private patientSince = 0;
  /** The call whose answers are awaited: the number of its first message, and how many of them ask. */
  private asked = { first: 0, count: 0 };
  private waiting: ((outcome: Outcome) => void) | null = null;
  private over = false;
  /** Called once, when nothing can follow any more. */
  private readonly release: (conversation: Conversation) => void;

  constructor(
    start: { id: ConversationId; owner: Peer } & SignInStart,
    release: (conversation: Conversation) => void,
  ) {
    this.id = start.id;
    this.user = start.user;
    this.origin = start.origin;
    this.browser = start.browser;
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
      return Promise.resolve(lost('ended before its leader was there', 'conversation-gone'));
    }
    this.leader = leader;
    leader.listen({
      message: (message) => this.receive(message),
      close: (error) => this.settle(error === null ? this.judgeEnd() : lost(error.message)),
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

  readonly whenSaid: WhenSaid = (listener) => {
    this.sayNews = listener;
    if (this.items.length > 0) this.announceNews();
    return () => {
      if (this.sayNews === listener) this.sayNews = null;
    };
  };

  /** PAM still works: what it has said since the last step. Null before there is a key. */
  waitingStep(): Extract<BrokerSignInStep, { kind: 'waiting' }> | null {
    const { id, key } = this;
    if (key === null) return null;
    return {
      kind: 'waiting',
      conversation: id,
      key,
      seconds: this.secondsLeft(),
      items: this.takeItems(),
    };
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
    this.settle(lost(detail, 'conversation-gone'));
    this.leader?.destroy();
  }

  private outcome(): Promise<Outcome> {
    this.said = [];
    this.saidRoom = new TextRoom();
    this.patientSince = performance.now();
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
        this.patience = message.patience;
        return;
      case 'prompt':
        this.prompt(message);
        return;
      case 'authenticated':
        this.settle({ kind: 'authenticated', items: this.takeItems(), message });
        return;
      case 'failed':
        this.settle({ kind: 'failed', items: this.said, message });
        return;
      default:
        throw new Error(`'${message.name}' does not belong into a sign-in`);
    }
  }

  private prompt(message: MessageOf<typeof fromLeader, 'prompt'>): void {
    const items = itemsOf(message, this.room);
    this.items.push(...items);
    this.said.push(...items.filter((item) => !asks(item) && this.saidRoom.keep(item.text)));
    this.patientSince = performance.now();
    const asking = items.filter(asks);
    if (asking.length === 0) {
      this.announceNews();
      return;
    }
    if (this.key === null) throw new Error('a prompt came before the key');
    if (this.waiting === null) throw new Error('a prompt came before the last one was answered');
    this.asked = { first: message.first, count: asking.length };
    this.settle({ kind: 'prompts', key: this.key, items: this.takeItems() });
  }

  private announceNews(): void {
    const { sayNews } = this;
    this.sayNews = null;
    sayNews?.();
  }

  private secondsLeft(): number {
    const passed = (performance.now() - this.patientSince) / 1000;
    return Math.max(0, Math.ceil(this.patience - passed));
  }

  /** Whose time is over was killed: to the second, and it may have been another's in that second. */
  private judgeEnd(): Outcome {
    const late = this.key !== null && this.secondsLeft() <= 1;
    return late ? lost(NO_CONFIRMATION, 'sign-in-timeout') : lost(LEADER_ENDED);
  }

  private takeItems(): PromptItem[] {
    const items = this.items;
    this.items = [];
    this.room = new TextRoom();
    return items;
  }
}

function lost(
  detail: string,
  code: Extract<Outcome, { kind: 'lost' }>['code'] = 'sign-in-unavailable',
): Outcome {
  return { kind: 'lost', items: [], code, detail };
}
