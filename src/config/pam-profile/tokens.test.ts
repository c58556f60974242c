import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseControl } from './control.ts';
import { readLogicalLines, readWords } from './tokens.ts';

for (const [text, words] of [
  ['auth  required\tpam_unix.so nullok', ['auth', 'required', 'pam_unix.so', 'nullok']],
  ['a [b c] d', ['a', 'b c', 'd']],
  ['a [b \\] [c] d', ['a', 'b ] [c', 'd']],
  ['[a]b', ['a', 'b']],
  ['a[b] c', ['a[b]', 'c']],
  ['[a', ['a']],
  ['[]', ['']],
  ['', []],
] as const) {
  test(`words of '${text}'`, () => assert.deepEqual(readWords(text), words));
}

test('lines: numbers, comments, continuations', () => {
  const text = '# c\n\na \\\n\n # c\n b # x \\\nc\\\n';
  assert.deepEqual(
    readLogicalLines(text).map(({ line, text, problem }) => [line, text, problem]),
    [
      [3, 'a  b ', null],
      [7, 'c ', 'continued-at-end'],
    ],
  );
});

for (const [text, problem] of [
  ['required', false],
  ['REQUIRED', false],
  ['success=ok default=die', false],
  [' success = 2  default = ignore ', false],
  ['success=ok5', true],
  ['success=okay', true],
  ['success=0', true],
  ['success', true],
  ['=ok', true],
  ['succes=ok', true],
  ['SUCCESS=ok', true],
] as const) {
  test(`control '${text}': ${problem ? 'not ' : ''}understood`, () => {
    const control = parseControl(text);
    assert.equal(control.kind === 'actions' && control.problem !== null, problem);
  });
}
