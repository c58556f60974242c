/** One call of the PAM conversation: texts are shown, the first hidden question gets the password, sealed. */
import { PROMPT_STYLES } from '../../protocol/broker-leader.ts';
import type { SignedKey } from '../../protocol/verify-key.ts';
import type { FromLeader, LeaderLink } from './leader-link.ts';
import { type SealContext, sealSecret } from './seal-secret.ts';

export interface AnswerContext extends SealContext {
  /** null: none is at hand. */
  readonly password: Uint8Array | null;
  /** The password answers one question only. */
  used: boolean;
  key: SignedKey | null;
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
  link.send({
    name: 'answer',
    first: prompt.first,
    sealed: [sealSecret(context, question.number, password)],
  });
}

function refusal(questions: readonly Question[], { password }: AnswerContext): string {
  const asked = questions.map(({ text }) => `'${text.trim()}'`).join(' and ');
  const remedy =
    password === null && questions.length === 1 && questions[0]?.hidden
      ? "use --password-stdin, or put 'auth sufficient pam_rootok.so' at the profile's top"
      : "put 'auth sufficient pam_rootok.so' at the profile's top";
  return `it asks ${asked}, which was not answered; ${remedy}`;
}
