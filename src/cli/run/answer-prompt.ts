/** One call of the PAM conversation: texts are shown, the first hidden question gets the password, sealed. */
import { readFileSync } from 'node:fs';
import { PROMPT_STYLES } from '../../protocol/broker-leader.ts';
import type { ConversationId } from '../../protocol/ids.ts';
import { sealAnswer } from '../../protocol/seal-answer.ts';
import { importHostKey, refuseKey, type SignedKey } from '../../protocol/verify-key.ts';
import type { FromLeader, LeaderLink } from './leader-link.ts';
import { RunError } from './run-error.ts';

export interface AnswerContext {
  readonly conversation: ConversationId;
  readonly user: string;
  /** null: none is at hand. */
  readonly password: Uint8Array | null;
  /** The password answers one question only. */
  used: boolean;
  /** What the leader wants answers sealed to. */
  key: SignedKey | null;
  readonly hostKeyFile: string;
  /** Shows a PAM module's words. */
  readonly tell: (text: string) => void;
  /** Why a question was not answered. */
  refused: string | null;
}
type Prompt = Extract<FromLeader, { name: 'prompt' }>;
interface Question {
  readonly number: number;
  readonly hidden: boolean;
  readonly text: string;
}

export function answerPrompt(link: LeaderLink, prompt: Prompt, context: AnswerContext): void {
  const questions: Question[] = [];
  for (const [index, text] of prompt.texts.entries()) {
    const style = prompt.styles[index];
    const asks = style === PROMPT_STYLES.hidden || style === PROMPT_STYLES.shown;
    const number = prompt.first + index;
    if (asks) questions.push({ number, hidden: style === PROMPT_STYLES.hidden, text });
    else context.tell(text);
  }
  const [question, ...others] = questions;
  if (question === undefined) return;
  const { password } = context;
  if (!question.hidden || others.length > 0 || password === null || context.used) {
    context.refused ??= refusal(questions, context);
    link.send({ name: 'cancel' });
    return;
  }
  context.used = true;
  link.send({ name: 'answer', first: prompt.first, sealed: [seal(question, password, context)] });
}

function seal(question: Question, secret: Uint8Array, context: AnswerContext): Uint8Array {
  const { conversation, user, key } = context;
  if (key === null)
    throw new RunError('wanted a key to seal the password to, came a question first');
  const hostKey = importHostKey(readFileSync(context.hostKeyFile));
  const why = refuseKey(hostKey, conversation, key, Date.now());
  if (why !== null)
    throw new RunError(`wanted a key that is the leader's, came one that is not: ${why}`);
  const answer = {
    conversation,
    user,
    secret,
    prompt: question.number,
    expires: Number(key.expires),
  };
  return sealAnswer(answer, key.public);
}

function refusal(questions: readonly Question[], { password }: AnswerContext): string {
  const asked = questions.map(({ text }) => `'${text.trim()}'`).join(' and ');
  const remedy =
    password === null && questions.length === 1 && questions[0]?.hidden
      ? "use --password-stdin, or put 'auth sufficient pam_rootok.so' at the profile's top"
      : "put 'auth sufficient pam_rootok.so' at the profile's top";
  return `it asks ${asked}, which was not answered; ${remedy}`;
}
