import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkCertificate } from './check-certificate.ts';
import { parseConfiguration } from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-certificate-'));
const [certificate, key, otherKey] = ['c.pem', 'k.pem', 'other.pem'].map((name) =>
  join(folder, name),
) as [string, string, string];
before(() => {
  for (const file of [otherKey, key])
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        '/CN=x',
        '-days',
        '2',
        '-keyout',
        file,
        '-out',
        certificate,
      ],
      { stdio: 'ignore' },
    );
  for (const file of [otherKey, key]) chmodSync(file, 0o600);
});
after(() => rmSync(folder, { recursive: true }));

function check(one = certificate, other = key, now?: number): string[] {
  const data = Buffer.from(`ssl-certificate=${one}\nssl-certificate-key=${other}\n`);
  const { values } = parseConfiguration([{ name: 'f', data }]);
  return checkCertificate(values, { now }).map(
    ({ level, file, text }) => `${level} ${file}: ${text}`,
  );
}

test('a certificate with its key is valid', () => assert.deepEqual(check(), []));

test('a generated certificate is looked at, too, once there is one', () => {
  const generated = join(folder, 'generated.pem');
  const look = (now?: number): string[] =>
    checkCertificate(parseConfiguration([]).values, { generated, now }).map(
      ({ level, text }) => `${level}: ${text}`,
    );
  const make = (from: string): void =>
    writeFileSync(generated, `${readFileSync(from, 'utf8')}${readFileSync(certificate, 'utf8')}`, {
      mode: 0o600,
    });
  assert.deepEqual(look(), []);
  make(key);
  assert.deepEqual(look(), []);
  assert.match(look(Date.now() + 10 * 86_400_000).join(), /^warning: .*; start the server again/);
  make(otherKey);
  assert.deepEqual(look(), [
    'error: wanted the key that belongs to the certificate, got another key; start the server again: it makes a new one',
  ]);
});

test('each missing file is reported', () => {
  const [one, other] = check('/nowhere/c.pem', '/nowhere/k.pem');
  assert.match(one ?? '', /^error \/nowhere\/c.pem: wanted to read it, got ENOENT/);
  assert.match(other ?? '', /^error \/nowhere\/k.pem: wanted to read it, got ENOENT/);
});

test('a directory is not a certificate', () =>
  assert.match(check(folder)[0] ?? '', /wanted a regular file/));

test('a key that others can read is an error, one that a group can read is not', () => {
  chmodSync(key, 0o644);
  assert.match(check().join(), /^error .*: wanted a key that others cannot read, got mode 0644/);
  chmodSync(key, 0o640);
  assert.deepEqual(check(), []);
  chmodSync(key, 0o600);
});

test('the key of another certificate is an error', () => {
  assert.match(
    check(certificate, otherKey).join(),
    /^error .*other.pem: wanted the key .* certificate, got another key; set/,
  );
});

test('a file that is not PEM is an error', () => {
  const junk = join(folder, 'junk.pem');
  writeFileSync(junk, 'junk', { mode: 0o600 });
  assert.match(
    check(junk).join(),
    /^error .*junk.pem: wanted a certificate in PEM form, got .*; use a file/,
  );
  assert.match(
    check(certificate, junk).join(),
    /^error .*junk.pem: wanted a private key in PEM form .*, got .*; convert it with 'openssl pkey'/,
  );
});

test('an expired certificate is a warning', () => {
  assert.match(
    check(certificate, key, Date.now() + 10 * 86_400_000).join(),
    /^warning .*: wanted a valid certificate/,
  );
});
