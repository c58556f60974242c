import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Repeats } from './repeats.ts';

test('of each kind a few are shown, then their number', () => {
  const told: [string, number][] = [];
  const repeats = new Repeats((kind, more) => told.push([kind, more]));
  const shown = Array.from({ length: 5_000 }, () => repeats.note('a')).filter(Boolean).length;
  assert.equal(shown, 10);
  assert.equal(repeats.note('b'), true);
  repeats.endPeriod();
  assert.deepEqual(told, [['a', 4_990]]);
  assert.equal(repeats.note('a'), true);
  repeats.endPeriod();
  assert.equal(told.length, 1);
});

test('kinds that somebody makes up are one kind', () => {
  const told: [string, number][] = [];
  const repeats = new Repeats((kind, more) => told.push([kind, more]));
  for (let i = 0; i < 3_000; i++) repeats.note(`kind ${i}`);
  repeats.endPeriod();
  assert.deepEqual(told, [['others', 1_990]]);
});
