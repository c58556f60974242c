/** test/c/names_test.c holds C to the same corpus. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isHostName, isUserName } from './names.ts';

const corpus = new URL('../../test/corpus/names.txt', import.meta.url);

test('which names may reach PAM', () => {
  const lines = readFileSync(corpus, 'utf8').trimEnd().split('\n');
  assert.ok(lines.length > 100);
  for (const line of lines) {
    const [, kind, verdict, escaped] = /^(user|host) (yes|no) (.*)$/.exec(line)!;
    const isName = kind === 'user' ? isUserName : isHostName;
    assert.equal(isName(decodeURIComponent(escaped!)), verdict === 'yes', line);
  }
});

test('halves of a character are no name', () => {
  assert.equal(isUserName('\ud800'), false);
});
