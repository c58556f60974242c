/**
 * A conversation with PAM as states and events, without React, network or secrets. It is a sign-in or the start of a
 * session; the latter may already be under way. The password typed on the first screen is `held` by the runner of the
 * effects; the machine only knows that there is one, and which prompt it answers.
 */
import type { ConversationId } from '../../protocol/ids.ts';
import {
  asks,
  type ConversationKey,
  type PromptItem,
  type SessionStep,
  type SignInStep,
} from '../../protocol/page-gateway.ts';
import type { Problem } from '../../protocol/problems.ts';

export interface Conversation {
  readonly id: ConversationId;
  /** null: nothing has been asked yet. */
  readonly key: ConversationKey | null;
}
export type SignInRequest =
  | { readonly kind: 'start' }
  | {
      readonly kind: 'answers';
      readonly conversation: Conversation;
      readonly sealed: readonly string[];
    };
interface Common {
  readonly user: string;
  readonly held: boolean;
  /** The person has been asked something beyond the first screen. */
  readonly asked: boolean;
  /** What PAM's modules have said (info and error items), in order. */
  readonly messages: readonly PromptItem[];
  /** PAM is still working. seconds: until the timeout, null: unknown. said: since the last answer. */
  readonly wait: { readonly seconds: number | null; readonly said: readonly PromptItem[] } | null;
}
export type SignInState = Common &
  (
    | { readonly kind: 'credentials'; readonly problem: Problem | null }
    | {
        readonly kind: 'working';
        readonly request: SignInRequest;
        /** How many attempts in a row got no answer. */
        readonly lost: number;
        /** The last attempt got no answer, and the next has not begun. */
        readonly waiting: boolean;
      }
    | {
        readonly kind: 'prompts';
        readonly conversation: Conversation;
        readonly asks: readonly PromptItem[];
        /** Number of the prompt that the held password answers. */
        readonly heldFor: number | null;
      }
    | { readonly kind: 'signed-in' }
    /** The start of a session has no more questions. */
    | { readonly kind: 'over' }
  );
export type SignInEvent =
  | { readonly kind: 'start'; readonly user: string; readonly held: boolean }
  | { readonly kind: 'step'; readonly step: SignInStep | SessionStep }
  | { readonly kind: 'sealed'; readonly sealed: readonly string[]; readonly usedHeld: boolean }
  | { readonly kind: 'problem'; readonly problem: Problem }
  /** The question that is open now, as the server says: another page may have answered the last one. */
  | { readonly kind: 'follow'; readonly asks: number | null }
  | { readonly kind: 'lost' }
  | { readonly kind: 'retry' }
  | { readonly kind: 'cancel' };
export type SignInEffect =
  | { readonly kind: 'send'; readonly request: SignInRequest }
  | { readonly kind: 'seal-held'; readonly conversation: Conversation; readonly prompt: number }
  | { readonly kind: 'wipe-held' }
  | { readonly kind: 'retry-later'; readonly attempt: number }
  | { readonly kind: 'cancel'; readonly conversation: Conversation };
export type Transition = readonly [SignInState, readonly SignInEffect[]];

export const firstState: SignInState & { kind: 'credentials' } = {
  kind: 'credentials',
  user: '',
  held: false,
  asked: false,
  messages: [],
  wait: null,
  problem: null,
};

export function advance(state: SignInState, event: SignInEvent): Transition {
  const { user, held, asked, messages } = state;
  if (event.kind === 'start') {
    if (state.kind !== 'credentials') return [state, []];
    return send(
      { user: event.user, held: event.held, asked: false, messages: [], wait: null },
      { kind: 'start' },
    );
  }
  if (event.kind === 'sealed') {
    if (state.kind !== 'prompts') return [state, []];
    const request = {
      kind: 'answers',
      conversation: state.conversation,
      sealed: event.sealed,
    } as const;
    const common = { user, held: held && !event.usedHeld, asked, messages, wait: null };
    return send(common, request);
  }
  if (event.kind === 'follow') return follow(state, event.asks);
  if (event.kind === 'cancel') return cancel(state);
  if (state.kind !== 'working') return [state, []];
  switch (event.kind) {
    case 'step':
      return takeStep(state, event.step);
    case 'problem':
      return [{ ...firstState, user, messages, problem: event.problem }, [{ kind: 'wipe-held' }]];
    case 'lost':
      return [
        { ...state, lost: state.lost + 1, waiting: true },
        [{ kind: 'retry-later', attempt: state.lost }],
      ];
    case 'retry':
      // Both the timer and the person may trigger it.
      if (!state.waiting) return [state, []];
      return [{ ...state, waiting: false }, [{ kind: 'send', request: state.request }]];
  }
}

function send(common: Common, request: SignInRequest): Transition {
  return [
    { kind: 'working', ...common, request, lost: 0, waiting: false },
    [{ kind: 'send', request }],
  ];
}

function follow(state: SignInState, number: number | null): Transition {
  if (state.kind !== 'prompts' || state.asks[0]?.number === number) return [state, []];
  const { user, held, asked, messages, conversation } = state;
  const common = { user, held, asked, messages, wait: null };
  return send(common, { kind: 'answers', conversation, sealed: [] });
}

function takeStep(state: SignInState, step: SignInStep | SessionStep): Transition {
  const said = state.wait?.said ?? [];
  if (step.kind === 'signed-in') {
    return [
      { ...firstState, kind: 'signed-in', user: step.user, messages: [...said, ...step.items] },
      [{ kind: 'wipe-held' }],
    ];
  }
  if (step.kind === 'over') {
    return [{ ...state, kind: 'over', wait: null }, [{ kind: 'wipe-held' }]];
  }
  const messages = [...state.messages, ...step.items.filter((item) => !asks(item))];
  const wait =
    step.kind === 'waiting' ? { seconds: step.seconds, said: [...said, ...step.items] } : null;
  const common = { user: state.user, held: state.held, asked: state.asked, messages, wait };
  const conversation: Conversation = { id: step.conversation, key: step.key };
  const questions = step.items.filter(asks);
  if (questions.length === 0) {
    const asked = state.asked || messages.length > 0;
    return send({ ...common, asked }, { kind: 'answers', conversation, sealed: [] });
  }
  const hidden = state.held ? questions.find(({ style }) => style === 'hidden') : undefined;
  const heldFor = hidden?.number ?? null;
  const prompts = { ...common, kind: 'prompts', conversation, asks: questions, heldFor } as const;
  if (hidden === undefined || questions.length > 1) return [{ ...prompts, asked: true }, []];
  return [prompts, [{ kind: 'seal-held', conversation, prompt: hidden.number }]];
}

function cancel(state: SignInState): Transition {
  if (state.kind !== 'working' && state.kind !== 'prompts') return [state, []];
  const conversation =
    state.kind === 'prompts'
      ? state.conversation
      : state.request.kind === 'answers'
        ? state.request.conversation
        : null;
  return [
    { ...firstState, user: state.user },
    [
      { kind: 'wipe-held' },
      ...(conversation === null ? [] : [{ kind: 'cancel', conversation } as const]),
    ],
  ];
}
