/** Runs the effects of the sign-in machine: sends requests, holds the typed password as bytes, seals and wipes it. */
import type { PromptItem, SessionStep, SignInStep } from '../../protocol/page-gateway.ts';
import { sealAnswer } from '../../protocol/seal-answer.ts';
import { type api, ConnectionError, ProblemError } from '../api.ts';
import { backOff } from '../back-off.ts';
import { fromBase64, toBase64 } from './base64.ts';
import {
  advance,
  type Conversation,
  firstState,
  type SignInEffect,
  type SignInEvent,
  type SignInRequest,
  type SignInState,
} from './sign-in-machine.ts';

type Answer = Promise<SignInStep | SessionStep>;
export interface SignInApi {
  readonly startSignIn: (...start: Parameters<typeof api.startSignIn>) => Answer;
  readonly answer: (...answers: Parameters<typeof api.answer>) => Answer;
  readonly cancelSignIn: typeof api.cancelSignIn;
}
const noBytes = new Uint8Array();

export class SignInRunner {
  private readonly api: SignInApi;
  private readonly later: (run: () => void, ms: number) => void;
  private readonly listeners = new Set<() => void>();
  private held: Uint8Array = noBytes;
  state: SignInState = firstState;

  constructor(
    server: SignInApi,
    later: (run: () => void, ms: number) => void = (run, ms) => setTimeout(run, ms),
  ) {
    this.api = server;
    this.later = later;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Takes ownership of the password: wipes it once it has been sealed or is not needed. */
  start(user: string, password: Uint8Array): void {
    this.held.fill(0);
    this.held = password;
    this.dispatch({ kind: 'start', user, held: password.length > 0 });
  }

  /** Answers all prompts except the one that the held password answers. The secrets are wiped here. */
  answer(secrets: ReadonlyMap<number, Uint8Array>): void {
    const { state } = this;
    if (state.kind !== 'prompts') return;
    const { conversation, heldFor } = state;
    const sealed = state.asks.map(({ number }: PromptItem) =>
      this.seal(conversation, number, number === heldFor ? this.held : secrets.get(number)),
    );
    this.dispatch({ kind: 'sealed', sealed, usedHeld: heldFor !== null });
  }

  follow = (asks: number | null): void => this.dispatch({ kind: 'follow', asks });
  cancel = (): void => this.dispatch({ kind: 'cancel' });
  retry = (): void => this.dispatch({ kind: 'retry' });

  private dispatch(event: SignInEvent): void {
    const [state, effects] = advance(this.state, event);
    this.state = state;
    for (const effect of effects) this.run(effect);
    for (const listener of this.listeners) listener();
  }

  private run(effect: SignInEffect): void {
    switch (effect.kind) {
      case 'send':
        void this.send(effect.request);
        return;
      case 'seal-held':
        this.answer(new Map());
        return;
      case 'wipe-held':
        this.held.fill(0);
        return;
      case 'retry-later':
        this.later(this.retry, backOff(effect.attempt));
        return;
      case 'cancel':
        // The result does not matter: without it the conversation times out.
        void this.api.cancelSignIn(effect.conversation.id).catch(() => {});
    }
  }

  private async send(request: SignInRequest): Promise<void> {
    const current = (): boolean => this.state.kind === 'working' && this.state.request === request;
    try {
      const step = await this.ask(request);
      if (current()) this.dispatch({ kind: 'step', step });
      else if ('conversation' in step) await this.api.cancelSignIn(step.conversation);
    } catch (error) {
      if (!current()) return;
      if (error instanceof ProblemError) this.dispatch({ kind: 'problem', problem: error.problem });
      else if (error instanceof ConnectionError) this.dispatch({ kind: 'lost' });
      else throw error;
    }
  }

  private ask(request: SignInRequest): Answer {
    if (request.kind === 'start') return this.api.startSignIn({ user: this.state.user });
    return this.api.answer(request.conversation.id, { answers: request.sealed });
  }

  private seal(to: Conversation, prompt: number, secret: Uint8Array = noBytes): string {
    const { user } = this.state;
    const { id: conversation, key } = to;
    if (key === null) throw new Error('there is no key to seal to');
    const answer = { conversation, prompt, expires: key.expires, user, secret };
    const sealed = sealAnswer(answer, fromBase64(key.public));
    secret.fill(0);
    return toBase64(sealed);
  }
}
