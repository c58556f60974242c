/**
 * A program may ask the terminal (its kind, the cursor's place, a colour), and the terminal answers as if typed. One of
 * the pages that show it answers, and none answers what is shown again: further answers would be typed into the program.
 */
import type { IParser } from '@xterm/xterm';

/** isMuted: another page answers what the bytes being shown ask, or has. */
export function muteAnswers(parser: IParser, isMuted: () => boolean): void {
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
  for (const question of questions) parser.registerCsiHandler(question, isMuted);
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, isMuted);
  for (const color of [4, 10, 11, 12]) {
    parser.registerOscHandler(color, (data) => isMuted() && data.includes('?'));
  }
}
