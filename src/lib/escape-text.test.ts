import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escapeJson, escapeText } from './escape-text.ts';

test('control characters and changes of direction are shown, not done', () => {
  assert.equal(escapeText('a\x1b[31m\r\n\tb\x7f\u0085'), 'a\\x1b[31m\\x0d\\x0a\\x09b\\x7f\\x85');
  assert.equal(escapeText('\u202eexe.txt\u2066\u2028'), '\\u202eexe.txt\\u2066\\u2028');
  assert.equal(escapeText('Grüße 数据 🔒'), 'Grüße 数据 🔒');
});

test('escaped JSON is JSON of the same value, in one line without control characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = escapeJson(JSON.stringify({ [text]: text }));
      assert.deepEqual(JSON.parse(json), { [text]: text });
      assert.doesNotMatch(json, /[\p{Cc}\p{Bidi_Control}]/v);
    }),
  );
});
