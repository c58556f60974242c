/** Turns the last output of a program, which are bytes for a terminal, into readable lines: docs/decisions/0031. */
import { stripVTControlCharacters } from 'node:util';
import { LAST_WORDS_BYTES } from '../../protocol/broker-leader.ts';

const utf8 = new TextDecoder();
/** Control characters except tab and newline, other line ends, and characters that change the text direction. */
const UNSHOWN = /[[\p{Cc}\p{Bidi_Control}\u2028\u2029]--[\n\t]]/gv;

export function readLastWords(words: Uint8Array): string {
  const text = utf8.decode(words).replace(/\r+\n?/g, '\n');
  // If earlier output was cut off, the first line may begin in the middle of a control sequence.
  const whole = words.length < LAST_WORDS_BYTES ? text : text.slice(text.indexOf('\n') + 1);
  return stripVTControlCharacters(whole)
    .replace(UNSHOWN, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
