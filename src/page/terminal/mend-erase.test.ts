import assert from 'node:assert/strict';
import test from 'node:test';
import headless from '@xterm/headless';
import { mendErase } from './mend-erase.ts';

const { Terminal } = headless;

/** What a terminal of 3 rows and 6 columns shows of this. */
async function show(output: string): Promise<string[]> {
  const terminal = new Terminal({ rows: 3, cols: 6, allowProposedApi: true, logLevel: 'off' });
  mendErase(terminal as never);
  await new Promise<void>((resolve) => terminal.write(output, resolve));
  const { active } = terminal.buffer;
  return [0, 1, 2].map((y) => {
    const line = active.getLine(active.baseY + y)!;
    return `${line.isWrapped ? '>' : ''}${line.translateToString(true)}`;
  });
}

test('erased up to the last cell of the screen, the terminal goes on', async () => {
  assert.deepEqual(await show('a\r\nb\r\nc\x1b[3;6H\x1b[1Jx'), ['', '', '     x']);
});

test('erased up to the last column, the line below is a line of its own', async () => {
  assert.deepEqual(await show('123456wrapped\x1b[1;6H\x1b[1J'), ['', 'wrappe', '>d']);
  assert.deepEqual(await show('1\r\n2\r\n3\r\n4\r\n123456ab\x1b[2;6H\x1b[1J'), ['', '', 'ab']);
});

test('what is protected stays, and other erasing is as before', async () => {
  assert.deepEqual(await show('\x1b[1"qab\x1b[0"q\r\nc\x1b[3;6H\x1b[?1J'), ['ab', '', '']);
  assert.deepEqual(await show('abcdef\x1b[1;3H\x1b[1J\x1b[2;6H\x1b[J'), ['   def', '', '']);
  assert.deepEqual(await show('abc\x1b[3;6H\x1b[2Jd'), ['', '', '     d']);
});
