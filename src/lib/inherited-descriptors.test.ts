import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inheritedDescriptors } from './inherited-descriptors.ts';

const environment = { LISTEN_FDS: '3', LISTEN_FDNAMES: 'gateway:cli:ready', LISTEN_PID: '42' };

test('descriptors are found by name, from 3 on', () => {
  const found = inheritedDescriptors(['cli', 'ready'], environment, 42);
  assert.deepEqual({ cli: found.cli, ready: found.ready }, { cli: 4, ready: 5 });
});

test('descriptors meant for another process are not taken', () => {
  assert.throws(() => inheritedDescriptors(['cli'], environment, 43), /missing/);
});

test('a name beyond the count does not count', () => {
  assert.throws(
    () => inheritedDescriptors(['ready'], { ...environment, LISTEN_FDS: '2' }, 42),
    /ready missing/,
  );
});
