/** The widths of all characters, against those of this machine's C library. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { before, test } from 'node:test';
import { measureCharacter } from './character-width.ts';

/** By code point; UNKNOWN: this C library does not know the character. */
const UNKNOWN = 255;
const program = 'build/test-c/widths';

before(() => execFileSync('make', ['-s', program]));

test('every character that the C library knows is as wide here as there', () => {
  const wanted = execFileSync(program, { maxBuffer: 16_777_216 });
  const different: string[] = [];
  let compared = 0;
  for (const [code, width] of wanted.entries()) {
    if (width === UNKNOWN) continue;
    compared += 1;
    const came = measureCharacter(code);
    if (came !== width) different.push(`U+${code.toString(16)}: wanted ${width}, got ${came}`);
  }
  assert.ok(compared > 200_000, `${compared} compared`);
  assert.deepEqual(different, []);
});

test('emoji are wide, newer ones than the C library’s, too', () => {
  for (const emoji of ['👍', '🫠', '🫨', '🫩']) {
    assert.equal(measureCharacter(emoji.codePointAt(0)!), 2, emoji);
  }
});
