import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-main-'));
after(() => rmSync(folder, { recursive: true }));

/** Writes down what each process loads; the reader is given this process's options. */
const NOTE = `
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
const who = process.argv.includes('--answer-reading') ? 'reader' : 'command';
const load = (url, context, next) => {
  appendFileSync(${JSON.stringify(folder)} + '/' + who, url + '\\n');
  return next(url, context);
};
registerHooks({ load });
`;

test('a command and its reader load what they need, and nothing of the other', () => {
  const note = join(folder, 'note.mjs');
  writeFileSync(note, NOTE);
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const argv = ['--import', note, main, 'pam', 'explain', 'other'];
  assert.equal(spawnSync(process.execPath, argv).status, 0);
  const [command, reader] = ['command', 'reader'].map((who) =>
    readFileSync(join(folder, who), 'utf8'),
  );
  assert.match(command!, /commander/);
  assert.doesNotMatch(command!, /@noble|pam-profile\/explain/);
  assert.match(reader!, /pam-profile\/explain/);
  assert.doesNotMatch(reader!, /@noble|commander/);
});
