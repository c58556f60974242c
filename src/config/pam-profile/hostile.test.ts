/** Files that try to hang or crash the reader, or to lead it out of the root. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import fc from 'fast-check';
import { checkProfile, openProfile } from './check.ts';
import { explainProfile } from './explain.ts';
import { findFacts } from './find-facts.ts';
import { RootFiles } from './root-files.ts';
import { PURPOSES } from './rule.ts';

let folder = '';
let root = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-pam-'));
  root = join(folder, 'root');
  mkdirSync(join(root, 'etc/pam.d'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = (name: string): string => join(root, 'etc/pam.d', name);

/** All that can be asked of a profile. */
function readAll(service = 'lab'): string[] {
  const profile = openProfile({ service, root, facts: {} });
  explainProfile(profile, findFacts(new RootFiles(root)));
  return PURPOSES.flatMap((purpose) =>
    checkProfile({ service, purpose, root, facts: {} }).map(({ code }) => code),
  );
}

test('any bytes at all', () => {
  const words = fc.constantFrom(
    ...[
      'auth',
      '-session',
      '@include',
      'include',
      'substack',
      'lab',
      'required',
      '[success=1',
      ']',
    ],
    ...[
      '\\\n',
      '\n',
      '#',
      '\0',
      '=',
      'default=99999999999999999999',
      'pam_unix.so',
      '[',
      '\\]',
      '\r',
    ],
  );
  const bytes = fc.oneof(fc.string({ unit: 'binary' }), words, fc.constant(' '));
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 60 }), (parts) => {
      writeFileSync(place('lab'), parts.join(''));
      readAll();
    }),
    { numRuns: 150 },
  );
});

test('one line of a megabyte, of brackets, of blanks, of jumps', () => {
  for (const part of ['x', '[', ']', ' ', '\t', '\\', 'a=', 'success=1 ', '#', '\0']) {
    writeFileSync(place('lab'), `auth ${part.repeat(1_000_000 / part.length)}`);
    readAll();
    writeFileSync(place('lab'), `auth [${part.repeat(900_000 / part.length)}] pam_unix.so`);
    readAll();
  }
});

test('a file of more than a megabyte is not read', () => {
  writeFileSync(place('lab'), '#'.repeat(1_100_000));
  assert.ok(readAll().includes('unreadable'));
});

test('files that include each other over and over', () => {
  for (let i = 0; i < 15; i++)
    writeFileSync(place(`bomb-${i}`), `@include bomb-${i + 1}\n`.repeat(50));
  writeFileSync(place('bomb-15'), 'auth required pam_unix.so\n'.repeat(50));
  writeFileSync(place('lab'), '@include bomb-0\n');
  assert.ok(readAll().includes('too-many-rules'));
});

test('many conditions, many rules', () => {
  const line =
    'auth [default=1 success=ok] pam_succeed_if.so uid > 1\nauth sufficient pam_unix.so\n';
  writeFileSync(place('lab'), line.repeat(1000));
  readAll();
});

test('a named pipe, a device and a directory instead of a profile', () => {
  execFileSync('mkfifo', [place('lab')]);
  assert.ok(readAll().includes('unreadable'));
  rmSync(place('lab'));
  mkdirSync(place('lab'));
  assert.ok(readAll().includes('type-from-other'));
});

test('links stay inside the root', () => {
  writeFileSync(join(folder, 'outside'), 'auth sufficient pam_rootok.so\n');
  mkdirSync(join(root, 'vendor'));
  writeFileSync(
    join(root, 'vendor/lab'),
    'auth required pam_unix.so\naccount required pam_unix.so\n',
  );
  for (const [target, found] of [
    ['/vendor/lab', true],
    ['../../vendor/lab', true],
    ['../../../../../../vendor/lab', true],
    ['../../../outside', false],
    [join(folder, 'outside'), false],
    ['lab', false],
  ] as const) {
    rmSync(place('lab'), { force: true });
    symlinkSync(target, place('lab'));
    const { own } = openProfile({ service: 'lab', root, facts: {} });
    assert.equal(own !== null, found, target);
    assert.ok(!readAll().includes('rootok-in-login'));
  }
  rmSync(place('lab'));
  rmSync(join(root, 'etc/pam.d'), { recursive: true });
  symlinkSync(folder, join(root, 'etc/pam.d'));
  assert.equal(openProfile({ service: 'outside', root, facts: {} }).own, null);
});

test('without directories of profiles /etc/pam.conf counts', () => {
  rmSync(join(root, 'etc/pam.d'), { recursive: true });
  const lines = [
    'lab auth sufficient pam_rootok.so',
    'LAB account required pam_unix.so',
    'other auth required pam_deny.so',
  ];
  writeFileSync(join(root, 'etc/pam.conf'), `${lines.join('\n')}\n`);
  const found = checkProfile({ service: 'lab', purpose: 'login', root, facts: {} });
  assert.deepEqual(
    found.map(({ file, line, code }) => `${file}:${line} ${code}`),
    ['/etc/pam.conf:1 rootok-in-login'],
  );
});
