/**
 * A program may ask the terminal (its kind, the cursor's place, a colour), and the terminal answers as if typed. When
 * scroll-back is shown again, the old questions must not be answered again: the answers would stand at the prompt.
 */
import type { IParser } from '@xterm/xterm';

/** isOld: the bytes being shown have been shown before. */
export function muteAnswers(parser: IParser, isOld: () => boolean): void {
  const questions = [
    { final: 'c' },
    { prefix: '>', final: 'c' },
    { prefix: '=', final: 'c' },
    { final: 'n' },
    { prefix: '?', final: 'n' },
    { final: 't' },
    { prefix: '>', final: 'q' },
    { intermediates: '$', final: 'p' },
    { prefix: '?', intermediates: '$', final: 'p' },
  ];
  for (const question of questions) parser.registerCsiHandler(question, isOld);
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, isOld);
  for (const color of [4, 10, 11, 12]) {
    parser.registerOscHandler(color, (data) => isOld() && data.includes('?'));
  }
}
