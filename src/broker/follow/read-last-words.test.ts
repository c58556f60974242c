import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LAST_WORDS_BYTES } from '../../protocol/broker-leader.ts';
import { readLastWords } from './read-last-words.ts';

const read = (text: string) => readLastWords(Buffer.from(text, 'latin1'));

test('last words are lines without control characters', () => {
  assert.equal(read(''), '');
  assert.equal(
    read('This account is currently not available.\r\n'),
    'This account is currently not available.',
  );
  assert.equal(
    read('\x1b[1;31mNo.\x1b[0m\r\n\x1b]0;title\x07tab\there\x08\x7f\x9b'),
    'No.\ntab\there\uFFFD',
  );
  assert.equal(read('\r\n\r\n\r\n1 %\r2 %\r\n\n\n\nend\n'), '1 %\n2 %\n\nend');
});

test('words that are not text, or were cut, are no error', () => {
  assert.equal(read('\xff\xfe'), '\uFFFD\uFFFD');
  assert.equal(readLastWords(Buffer.from('a\u202Eb')), 'ab');
  assert.equal(read(`1;31m${'x'.repeat(LAST_WORDS_BYTES - 9)}\nend`), 'end');
  assert.equal(read('x'.repeat(LAST_WORDS_BYTES)), 'x'.repeat(LAST_WORDS_BYTES));
});
