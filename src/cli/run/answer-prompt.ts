/** One call of the PAM conversation: shows texts and asks questions in their order, and seals each answer. */

import type { FromLeader } from '../../launcher/leader-connection.ts';
import { PROMPT_STYLES } from '../../protocol/broker-leader.ts';
import type { SignedKey } from '../../protocol/verify-key.ts';
import type { LeaderLink } from './leader-link.ts';
import { type SealContext, sealSecret } from './seal-secret.ts';

/** null: there will be no answer. The caller wipes an answer. */
export type Ask = (text: string, hidden: boolean) => Uint8Array | null;
export interface Conversation extends SealContext {
  key: SignedKey | null;
  readonly ask: Ask;
  /** Shows a text of a PAM module. */
  readonly tell: (text: string, style: 'info' | 'error') => void;
}
type Prompt = Extract<FromLeader, { name: 'prompt' }>;

export function answerPrompt(link: LeaderLink, prompt: Prompt, conversation: Conversation): void {
  const sealed: Uint8Array[] = [];
  for (const [index, text] of prompt.texts.entries()) {
    const style = prompt.styles[index];
    if (style === PROMPT_STYLES.info || style === PROMPT_STYLES.error) {
      conversation.tell(text, style === PROMPT_STYLES.info ? 'info' : 'error');
      continue;
    }
    const secret = conversation.ask(text, style === PROMPT_STYLES.hidden);
    if (secret === null) {
      link.send({ name: 'cancel' });
      return;
    }
    try {
      sealed.push(sealSecret(conversation, prompt.first + index, secret));
    } finally {
      secret.fill(0);
    }
  }
  if (sealed.length > 0) link.send({ name: 'answer', first: prompt.first, sealed });
}
