/** What a user other than root sees of files of root. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RootFiles } from './root-files.ts';

const NOBODY = 65_534;
let root = '';
before(() => {
  root = mkdtempSync(join(tmpdir(), 'vestibule-pam-'));
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'private'), { mode: 0o700 });
  writeFileSync(join(root, 'private/pam_lab.so'), '');
});
after(() => rmSync(root, { recursive: true }));

test('a file in a directory that may not be entered is not reported as missing', () => {
  process.seteuid!(NOBODY);
  try {
    const files = new RootFiles(root);
    assert.equal(files.exists('/private/pam_lab.so'), true);
    assert.equal(files.exists('/pam_lab.so'), false);
    assert.deepEqual(files.read('/private/pam_lab.so'), { kind: 'unreadable', reason: 'EACCES' });
  } finally {
    process.seteuid!(0);
  }
});
