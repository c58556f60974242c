/** How long a key takes from its press to its echo. */
import type { Shell } from '../peers/shell.ts';

const KEYS = 'abcdefghijklmnopqrstuvwxyz';
const CLEAR_LINE = '\x15';

/** Microseconds of each of so many keys, one after the other, on a shell that stands at its prompt. */
export async function echoKeys(shell: Shell, count: number): Promise<number[]> {
  const taken: number[] = [];
  for (let key = 0; key < count; key++) {
    const text = KEYS[key % KEYS.length]!;
    taken.push((await press(shell, text, (echo) => echo.includes(text))) * 1000);
    if (text === 'z') await press(shell, CLEAR_LINE, (echo) => echo.length > 0);
  }
  await press(shell, CLEAR_LINE, (echo) => echo.length > 0);
  return taken;
}

async function press(shell: Shell, text: string, fits: (echo: string) => boolean): Promise<number> {
  // A text that grew with every key would be copied for every key.
  shell.output = '';
  const from = performance.now();
  shell.type(text);
  await shell.until(fits);
  return performance.now() - from;
}
