import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readPassword } from './read-password.ts';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-password-'));
after(() => rmSync(folder, { recursive: true }));

/** What is read of an input, and what is left of it. */
function read(input: string): { password: string; rest: string } {
  const file = join(folder, 'input');
  writeFileSync(file, input);
  const fd = openSync(file, 'r');
  try {
    return { password: readPassword(fd).toString(), rest: readFileSync(fd, 'utf8') };
  } finally {
    closeSync(fd);
  }
}

test('only the first line is taken', () => {
  assert.deepEqual(read('pässword\nnext\n'), { password: 'pässword', rest: 'next\n' });
  assert.deepEqual(read('no newline'), { password: 'no newline', rest: '' });
});

test('the longest password is 511 bytes', () => {
  assert.equal(read(`${'x'.repeat(511)}\n`).password.length, 511);
  assert.throws(() => read('x'.repeat(512)), /wanted a password of at most 511 bytes .*, got more/);
});

test('an empty first line is no password', () => {
  assert.throws(
    () => read('\nsecret\n'),
    /wanted a password on the first line of stdin, got nothing/,
  );
  assert.throws(() => read(''), /got nothing/);
});

test('a stdin that cannot be read is told', () => {
  const fd = openSync(folder, 'r');
  assert.throws(() => readPassword(fd), /wanted a password on stdin, got EISDIR/);
  closeSync(fd);
});
