import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBase64, toBase64 } from './base64.ts';
import { guessAutocomplete } from './guess-autocomplete.ts';
import { isTooLong, takeSecret } from './take-secret.ts';

test('a prompt text tells what the field is for', () => {
  assert.equal(guessAutocomplete('Password: '), 'current-password');
  assert.equal(guessAutocomplete('Current password: '), 'current-password');
  assert.equal(guessAutocomplete('New password: '), 'new-password');
  assert.equal(guessAutocomplete('Retype new password: '), 'new-password');
  assert.equal(guessAutocomplete('Verification code: '), 'one-time-code');
  assert.equal(guessAutocomplete('One-time password (OATH) for `ada`: '), 'one-time-code');
  assert.equal(guessAutocomplete('Favourite colour?'), 'off');
});

test('a secret leaves its field as UTF-8', () => {
  const field = { value: 'pässword' };
  assert.deepEqual(takeSecret(field), new TextEncoder().encode('pässword'));
  assert.equal(field.value, '');
});

test('a secret has at most 511 bytes, whatever its characters are', () => {
  assert.equal(isTooLong({ value: `a${'ä'.repeat(255)}` }), false);
  assert.equal(isTooLong({ value: 'ä'.repeat(256) }), true);
});

test('base64 there and back', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
});
