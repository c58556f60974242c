import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { codeName, describeEvent, readLogged } from './words.ts';

test('results have the names of pam(3)', () => {
  assert.deepEqual([0, 7, 12, 31].map(codeName), [
    'PAM_SUCCESS',
    'PAM_AUTH_ERR',
    'PAM_NEW_AUTHTOK_REQD',
    'PAM_INCOMPLETE',
  ]);
  assert.equal(codeName(4711), 'code 4711');
});

test('and the numbers of the header they come from', () => {
  const header = readFileSync('/usr/include/security/_pam_types.h', 'utf8');
  const codes = [...header.matchAll(/^#define (PAM_\w+) (\d+)\s*\/\*/gm)]
    .map(([, name, number]) => [name ?? '', Number(number)] as const)
    .slice(0, 32);
  assert.equal(codes[0]?.[0], 'PAM_SUCCESS');
  for (const [name, number] of codes) assert.equal(codeName(number), name);
});

test('a line for syslog loses its number and its time', () => {
  assert.deepEqual(readLogged('<85>Nov  3 04:05:06 leader[7]: pam_unix(su:auth): no\nmore'), {
    severity: 'notice',
    text: 'leader[7]: pam_unix(su:auth): no\nmore',
  });
  assert.deepEqual(readLogged('<7>plain'), { severity: 'debug', text: 'plain' });
  assert.deepEqual(readLogged('(cannot be shown)'), { severity: null, text: '(cannot be shown)' });
});

test('each line of a text is a line of its own', () => {
  const said = { style: 'error', text: 'one\ntwo\n' } as const;
  assert.deepEqual(describeEvent({ kind: 'said', said }), ['  error: one', '  error: two']);
});
