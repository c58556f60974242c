/** All that a browser loads from the sign-in to a usable terminal. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const MOST_KIB = 300;

test(`the pages are at most ${MOST_KIB} KiB compressed`, () => {
  const directory = join(import.meta.dirname, '../../build/page');
  const files = globSync('**/*.{html,js,css,svg}', { cwd: directory });
  assert.ok(files.length > 4, 'build the pages first');
  const bytes = files.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(directory, file))).length,
    0,
  );
  assert.ok(bytes <= MOST_KIB * 1024, `${bytes} bytes`);
});
