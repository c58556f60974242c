import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkCredentials } from './check-credentials.ts';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-credentials-'));
after(() => rmSync(folder, { recursive: true }));

/** Key and certificate in one file, as the generated one. */
function make(name: string): Buffer {
  const file = join(folder, name);
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
  const argv = ['req', '-x509', ...kind, '-subj', '/CN=x', '-keyout', file, '-out', file];
  execFileSync('openssl', argv, { stdio: 'ignore' });
  return readFileSync(file);
}
const [one, two] = [make('one'), make('two')];

test('a certificate goes with its key, from one file or two', () => {
  const credentials = { certificate: one, key: one };
  assert.equal(checkCredentials(credentials), credentials);
});

for (const [what, certificate, key, wanted] of [
  [
    'another key',
    one,
    two,
    /^Error: the certificate's key: wanted the key .* certificate, got another key/,
  ],
  ['no certificate', 'x', one, /^Error: the certificate: wanted a certificate in PEM form/],
  [
    'an empty key',
    one,
    '',
    /^Error: the certificate's key: wanted a private key in PEM form without/,
  ],
] as const) {
  test(`${what} is said`, () => {
    assert.throws(() => checkCredentials({ certificate, key }), wanted);
  });
}
