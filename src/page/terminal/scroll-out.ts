/**
 * Output that no page gets any more has been between what the terminal shows and the screen that is shown next. What it
 * shows goes into the scroll-back, and below it a line that says how much is missing: nothing of that is on the screen,
 * and where a program draws on the alternate screen, which has no scroll-back, nothing is left of either.
 */
import type { Terminal } from '@xterm/xterm';
import { texts } from '../texts.ts';

/** CAN, DECSTR: whatever sequence the loss has cut, and no mode or character set of the program's. */
const AFRESH = '\x18\x1b[!p';

export function scrollOut(terminal: Terminal, lost: bigint): void {
  const { options } = terminal;
  terminal.write(AFRESH, () => {
    // Erasing then moves the lines that are not empty, and no others.
    options.scrollOnEraseInDisplay = true;
  });
  const notice = lost > 0n ? `\x1b[2m${texts.terminal.gap(lost)}\x1b[0m` : '';
  terminal.write(`\x1b[2J\x1b[H${notice}\x1b[2J\x1b[H`, () => {
    options.scrollOnEraseInDisplay = false;
  });
}
