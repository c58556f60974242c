import assert from 'node:assert/strict';
import { test } from 'node:test';
import headless from '@xterm/headless';
import { texts } from '../texts.ts';
import { scrollOut } from './scroll-out.ts';

const notice = texts.terminal.gap(7n);

/** What is in the scroll-back and what on the screen after this output, the loss, and the screen that is shown then. */
async function show(output: string, screen = '', lost = 7n) {
  const terminal = new headless.Terminal({ rows: 5, cols: 60, allowProposedApi: true });
  // As what has come but waits to be shown.
  terminal.write(output);
  scrollOut(terminal as never, lost);
  await new Promise<void>((resolve) => terminal.write(screen, resolve));
  const { active, normal } = terminal.buffer;
  const read = (from: number, to: number, buffer: typeof active) =>
    Array.from({ length: to - from }, (_, y) => buffer.getLine(from + y)!.translateToString(true));
  return {
    past: read(0, normal.baseY, normal),
    screen: read(active.baseY, active.baseY + terminal.rows, active),
    keepsErased: terminal.options.scrollOnEraseInDisplay,
  };
}

test('on a page that has shown nothing yet, the word about it is all that is in the scroll-back', async () => {
  const { past, screen, keepsErased } = await show('', 'one\r\n\x1b[2Jtwo');
  assert.deepEqual(past, [notice]);
  assert.deepEqual(screen, ['', 'two', '', '', '']);
  assert.equal(keepsErased, false);
});

test('what was shown goes into the scroll-back, without the empty lines below it', async () => {
  const { past, screen } = await show('one\r\n\r\nthree\r\n', 'four');
  assert.deepEqual(past, ['one', '', 'three', notice]);
  assert.deepEqual(screen, ['four', '', '', '', '']);
});

test('neither modes of the program nor a sequence that was cut change the word', async () => {
  const { past } = await show('one\x1b[2;3r\x1b[?6h\x1b[4h\x1b(0\x1b[?7l\x1b]0;tit');
  assert.deepEqual(past, ['one', notice]);
});

test('of an alternate screen nothing is left, and nothing is written to it', async () => {
  const drawn = '\x1b[?1047h\x1b[Hnew';
  const { past, screen } = await show('one\r\n\x1b[?1049h\x1b[Hdrawn\r\nbelow', drawn);
  assert.deepEqual(past, []);
  assert.deepEqual(screen, ['new', '', '', '', '']);
});

test('where nothing is missing nothing is said', async () => {
  assert.deepEqual((await show('one', 'two', 0n)).past, ['one']);
});
