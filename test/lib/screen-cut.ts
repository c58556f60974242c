/** What session-host keeps of a terminal's screen, held to what xterm.js shows. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  assertSameState,
  type Headless,
  makeTerminal,
  readState,
  type Size,
  write,
} from './screen-state.ts';

/** A size that holds from this byte of the output on. */
export interface Change extends Size {
  readonly at: number;
}

function keepOf(output: Uint8Array, size: Size, changes: readonly Change[]): Uint8Array {
  const numbers = changes.flatMap(({ at, rows, columns }) => [at, rows, columns]);
  const { status, stdout, stderr } = spawnSync(
    'build/test-c/screen-dump',
    [size.rows, size.columns, ...numbers].map(String),
    { input: output, maxBuffer: 64 << 20 },
  );
  assert.equal(status, 0, stderr.toString());
  return stdout;
}

/** Shows the output from this byte on, with the changes of size that come there. */
async function play(terminal: Headless, output: Uint8Array, from: number, changes: Change[]) {
  let shown = from;
  for (const { at, rows, columns } of changes) {
    await write(terminal, output.subarray(shown, at));
    terminal.resize(columns, rows);
    shown = at;
  }
  await write(terminal, output.subarray(shown));
}

/** What is not seen at once: character sets, the look of what is printed next, and what the saved cursor brings back. */
const ASCII = Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)).join('');
const PROBES = [
  `\x18\x1b[r\x1b[?6l\x1b[?7h\x1b[4l\x1b[H${ASCII}`,
  `\x1b8\x1b[H${ASCII}\x1b[4mline\x1b[m`,
  `\x1b[H\x0f${ASCII}\x1b[H\x0e${ASCII}`,
  `\x1b[H\x1bn${ASCII}`,
  `\x1b[H\x1bo${ASCII}`,
];

/** A viewer that gets what is kept of the output before the cut, and the rest, shows what one does that saw everything. */
export async function checkCut(
  output: Uint8Array,
  cut: number,
  size: Size,
  changes: readonly Change[] = [],
): Promise<void> {
  const before = changes.filter(({ at }) => at <= cut);
  const whole = makeTerminal(size);
  await play(whole, output, 0, [...changes]);
  const fresh = makeTerminal(before.at(-1) ?? size);
  await write(fresh, keepOf(output.subarray(0, cut), size, before));
  await play(fresh, output, cut, changes.slice(before.length));
  const text = Buffer.from(output.subarray(Math.max(0, cut - 60), cut)).toString('latin1');
  const where = `cut at ${cut} of ${output.length} after ${JSON.stringify(text)}`;
  assertSameState(readState(fresh), readState(whole), where);
  for (const probe of PROBES) {
    await Promise.all([write(whole, Buffer.from(probe)), write(fresh, Buffer.from(probe))]);
    assertSameState(readState(fresh), readState(whole), `${where}, then ${JSON.stringify(probe)}`);
  }
}
