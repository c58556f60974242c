/** What a program printed before it ended, from a terminal's bytes to lines that are read: docs/decisions/0031. */
import { stripVTControlCharacters } from 'node:util';
import { LAST_WORDS_BYTES } from '../../protocol/broker-leader.ts';

const utf8 = new TextDecoder();
/** What is neither shown nor a line's end, and what changes the direction of text. */
const UNSHOWN = /[[\p{Cc}\p{Bidi_Control}\u2028\u2029]--[\n\t]]/gv;

export function readLastWords(words: Uint8Array): string {
  const text = utf8.decode(words).replace(/\r+\n?/g, '\n');
  // More was printed: what is left of the first line may begin in the middle of a control sequence.
  const whole = words.length < LAST_WORDS_BYTES ? text : text.slice(text.indexOf('\n') + 1);
  return stripVTControlCharacters(whole)
    .replace(UNSHOWN, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
