/** Messages of a leader about a PAM conversation, as the page gets them: numbered items, and the conversation key. */
import { type fromLeader, PROMPT_STYLES } from '../../protocol/broker-leader.ts';
import type { MessageOf } from '../../protocol/codec.ts';
import type { SignedKey } from '../../protocol/gateway-broker.ts';
import { asks, type PromptItem, type PromptStyle } from '../../protocol/page-gateway.ts';
import { SEALED_BYTES } from '../../protocol/sealed-answer.ts';
import { ProblemError } from '../base/problem.ts';
import { LONGEST_QUESTION, type TextRoom } from './text-room.ts';

const STYLE_NAMES = new Map<number, PromptStyle>(
  Object.entries(PROMPT_STYLES).map(([name, number]) => [number, name as PromptStyle]),
);

/** Texts for which there is no room are dropped; questions never are. */
export function itemsOf(
  { first, styles, texts }: MessageOf<typeof fromLeader, 'prompt'>,
  room: TextRoom,
): PromptItem[] {
  if (styles.length !== texts.length) {
    throw new Error(`a prompt of ${styles.length} styles and ${texts.length} texts`);
  }
  return texts.flatMap((whole, index): PromptItem[] => {
    const style = styleNamed(styles[index]!);
    const text = asks({ style }) ? whole.slice(0, LONGEST_QUESTION) : room.keep(whole);
    return text === null ? [] : [{ number: first + index, style, text }];
  });
}

export function styleNamed(number: number): PromptStyle {
  const style = STYLE_NAMES.get(number);
  if (style === undefined) throw new Error(`there is no prompt style ${number}`);
  return style;
}

export function keyOf(message: MessageOf<typeof fromLeader, 'key'>): SignedKey {
  return {
    public: Buffer.from(message.public).toString('base64'),
    expires: Number(message.expires),
    signature: Buffer.from(message.signature).toString('base64'),
  };
}

/** Decodes the sealed answers of a request. Throws 'bad-request' if one has an incorrect length. */
export function readSealed(texts: readonly string[]): Buffer[] {
  const sealed = texts.map((text) => Buffer.from(text, 'base64'));
  const odd = sealed.find(({ length }) => length !== SEALED_BYTES);
  if (odd === undefined) return sealed;
  throw new ProblemError('bad-request', `an answer of ${odd.length} bytes, not ${SEALED_BYTES}`);
}
