import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedSets } from './keyed-sets.ts';

test('each user’s events reach who listens to that user, until it is released', () => {
  const ears = new KeyedSets<string, (user: string) => void>();
  const heard: string[] = [];
  const tell = (user: string): void => {
    for (const hear of ears.of(user)) hear(user);
  };
  const release = ears.add('ada', (user) => heard.push(`one ${user}`));
  ears.add('ada', (user) => heard.push(`two ${user}`));
  ears.add('bob', (user) => heard.push(`three ${user}`));
  tell('ada');
  release();
  release();
  tell('ada');
  tell('bob');
  assert.deepEqual(heard, ['one ada', 'two ada', 'two ada', 'three bob']);
});

test('what was taken is gone, and a late release takes nothing of what came since', () => {
  const sets = new KeyedSets<string, number>();
  const release = sets.add('a', 1);
  assert.deepEqual([...sets.take('a')], [1]);
  assert.deepEqual([...sets.take('a')], []);
  sets.add('a', 2);
  release();
  assert.deepEqual([...sets.of('a')], [2]);
});
