import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_WAITING, OutputWriter } from './output-writer.ts';

/** A terminal that takes what it was given when it is told to. */
function slowTerminal(oldEnd: bigint) {
  const waiting: { data: Uint8Array; done: () => void }[] = [];
  const said: string[] = [];
  const writer = new OutputWriter({
    write: (data, done) => waiting.push({ data, done }),
    onBehind: () => said.push('behind'),
    onCaughtUp: () => said.push('caught up'),
  });
  writer.oldEnd = oldEnd;
  const take = (): Uint8Array => {
    const next = waiting.shift()!;
    next.done();
    return next.data;
  };
  return { writer, waiting, said, take };
}

test('output is split where what was shown before ends', () => {
  const { writer, waiting, take } = slowTerminal(10n);
  writer.write(4n, new Uint8Array(10));
  assert.deepEqual(
    waiting.map(({ data }) => data.length),
    [6, 4],
  );
  assert.equal(writer.isOld(), true);
  take();
  assert.equal(writer.isOld(), false);
  take();
  assert.equal(writer.shown, 14n);
});

test('output that is all old or all new is not split', () => {
  const { writer, waiting } = slowTerminal(10n);
  writer.write(0n, new Uint8Array(10));
  writer.write(10n, new Uint8Array(10));
  assert.equal(waiting.length, 2);
});

test('a jump takes its turn behind the output before it', () => {
  const { writer, take } = slowTerminal(0n);
  writer.write(0n, new Uint8Array(5));
  writer.moveTo(100n);
  take();
  assert.equal(writer.shown, 5n);
  take();
  assert.equal(writer.shown, 100n);
});

test('says once that too much waits, and once that it has caught up', () => {
  const { writer, waiting, said, take } = slowTerminal(0n);
  const piece = new Uint8Array(65_536);
  const pieces = MOST_WAITING / piece.length + 10;
  for (let n = 0; n < pieces; n += 1) writer.write(BigInt(n * piece.length), piece);
  assert.deepEqual(said, ['behind']);
  while (waiting.length > 0) take();
  assert.deepEqual(said, ['behind', 'caught up']);
});

test('who answers changes between the output before and after', () => {
  const { writer, take } = slowTerminal(0n);
  writer.write(0n, new Uint8Array(5));
  writer.setAnswers(true);
  writer.write(5n, new Uint8Array(5));
  writer.setAnswers(false);
  const answered = Array.from({ length: 4 }, () => {
    take();
    return writer.answers;
  });
  assert.deepEqual(answered, [false, true, true, false]);
});
