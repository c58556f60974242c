/**
 * One sign-in: a leader that runs the login profile. Passes its prompts on and the sealed answers back. Texts of the
 * leader are collected until there is a step for the page: prompts to answer, or the result.
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
  /** The connection to the leader ended without a result, or the leader violated the protocol. */
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

export type SignInStart = Pick<Conversation, 'id' | 'user' | 'origin' | 'browser'>;

export class Conversation {
  readonly id: ConversationId;
  readonly user: string;
  readonly origin: Origin;
  /** The secret in the browser's cookie (throttle/known-browsers.ts); empty: it has none. */
  readonly browser: string;
  /** The connection that started the conversation: only it may continue it. */
  readonly owner: Peer;
  /** Since when (monotonic) it waits for the user; null while PAM works. */
  idleSince: number | null = null;
  /** PAM has got at least one answer from the user. */
  hasAnswered = false;
  /** The result of the last answers, until a request has fetched it; null: fetched, and PAM waits for answers. */
  turn: Promise<() => BrokerSignInStep> | null = null;
  private leader: LeaderConnection | null = null;
  private key: SignedKey | null = null;
  /** Texts and prompts that no step has delivered yet. */
  private items: PromptItem[] = [];
  private room = new TextRoom();
  /** All texts of this turn. A failure is classified by them, so texts that a step has delivered stay here. */
  private said: PromptItem[] = [];
  private saidRoom = new TextRoom();
  private sayNews: (() => void) | null = null;
  /** For how many seconds a module may wait for the user, and since when (monotonic) it waits. */
  private patience = 0;
  private patientSince = 0;
  /** The call of PAM that waits for answers: the number of its first message, and how many of its messages ask. */
  private asked = { first: 0, count: 0 };
  private waiting: ((outcome: Outcome) => void) | null = null;
  private over = false;
  /** Called once, when the conversation has ended. */
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

  /** How many answers PAM waits for; 0 while it works. */
  get wanted(): number {
    return this.asked.count;
  }

  /** Starts the sign-in at the leader. Resolves with the first outcome. */
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

  /** A step while PAM still works: the texts since the last step. Null before the leader has sent its key. */
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

  /** Sends the sealed answers, which must be `wanted` many. Resolves with the next outcome. */
  answer(sealed: readonly Uint8Array[]): Promise<Outcome> {
    const { first } = this.asked;
    this.asked = { first: 0, count: 0 };
    this.hasAnswered = true;
    this.leader?.send({ name: 'answer', first, sealed });
    return this.outcome();
  }

  /** Ends the leader at any step. PAM does not count a failure. */
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
        throw new Error(`'${message.name}' does not belong to a sign-in`);
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

  /** A leader that ends in the last second of its time, or later, was most likely killed because of the timeout. */
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
