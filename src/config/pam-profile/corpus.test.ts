/** test/corpus/pam: what is found in real distributions' profiles (nothing) and in broken ones (each defect, at its line). */
import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { checkProfile, openProfile } from './check.ts';
import { explainProfile } from './explain.ts';
import { parseFacts } from './facts.ts';
import { findFacts } from './find-facts.ts';
import { RootFiles } from './root-files.ts';
import type { Purpose } from './rule.ts';
import { RULES } from './rules.ts';

const CORPUS = 'test/corpus/pam';
const folder = mkdtempSync(join(tmpdir(), 'vestibule-pam-'));
after(() => rmSync(folder, { recursive: true }));

const broken = readdirSync(`${CORPUS}/broken`).map((name) => `broken/${name}`);
const sound = readdirSync(CORPUS).filter((name) => name !== 'broken');

/** A copy whose modes are those of the case: git keeps none. */
function unpack(name: string): string {
  const root = join(folder, name);
  cpSync(`${CORPUS}/${name}`, root, { recursive: true, verbatimSymlinks: true });
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink())
      chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  const modes = read(name, 'modes.json') as Record<string, string>;
  for (const [path, mode] of Object.entries(modes))
    chmodSync(join(root, path), Number(`0o${mode}`));
  return root;
}

function read(name: string, file: string): unknown {
  const path = `${CORPUS}/${name}/${file}`;
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

for (const name of [...sound, ...broken]) {
  describe(name, () => {
    const root = unpack(name);
    const facts = parseFacts('facts.json', JSON.stringify(read(name, 'facts.json')));
    for (const [key, wanted] of Object.entries(read(name, 'expected.json') as object)) {
      const [service = '', purpose = ''] = key.split(' ');
      test(key, () => {
        const found = checkProfile({ service, purpose: purpose as Purpose, root, facts });
        const short = found.map(({ file, line, level, code }) => ({ file, line, level, code }));
        assert.deepEqual(short, wanted, JSON.stringify(found, null, 1));
        for (const { message, why, fix } of found)
          assert.ok(message && why && fix && !/^\n|\n$|\n\n/.test(fix));
        const profile = openProfile({ service, root, facts });
        const { facilities } = explainProfile(profile, findFacts(new RootFiles(root), facts));
        assert.equal(facilities.length, 4);
      });
    }
  });
}

test('there are enough of both kinds', () => {
  assert.ok(sound.length >= 7);
  assert.ok(broken.length >= 20);
});

test('each rule has a broken profile; hostile.test.ts has the two that no file in git can show', () => {
  const elsewhere = ['unreadable', 'too-many-rules'];
  const shown = broken.flatMap((name) =>
    Object.values(read(name, 'expected.json') as Record<string, { code: string }[]>).flat(),
  );
  const missing = RULES.filter(({ code }) => !shown.some((found) => found.code === code));
  assert.deepEqual(missing.map(({ code }) => code).sort(), elsewhere.toSorted());
});
