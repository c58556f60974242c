/** What is to be written for a profile that is missing: the lines of the docs, and nothing is wrong with them. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkProfile } from './check.ts';
import { parseFacts } from './facts.ts';
import type { Purpose } from './rule.ts';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-recommended-'));
after(() => rmSync(folder, { recursive: true }));

/** What the documentation has for a file, its words one blank apart. */
function documented(file: string): string {
  const docs = readFileSync('docs/admin/pam-profiles.md', 'utf8');
  const block = docs.split(`\`\`\`file ${file}\n`)[1]?.split('```')[0] ?? '';
  const lines = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.replaceAll(/\s+/g, ' ')).join('\n');
}
const RHEL_SESSION = [
  'auth sufficient pam_rootok.so',
  'session required pam_env.so readenv=1',
  'session required pam_limits.so',
  'auth substack password-auth',
  'auth include postlogin',
  'account include password-auth',
  'session include password-auth',
  'session include postlogin',
].join('\n');
const SUSE_LOGIN = [
  'auth include common-auth',
  'account required pam_nologin.so',
  'account include common-account',
  'password include common-password',
].join('\n');

for (const [machine, purpose, wanted] of [
  ['debian', 'login', documented('/etc/pam.d/vestibule')],
  ['debian', 'session', documented('/etc/pam.d/vestibule-session')],
  ['rhel-sssd', 'login', documented('/var/lib/machines/node/etc/pam.d/vestibule')],
  ['rhel-sssd', 'session', RHEL_SESSION],
  ['suse-sssd', 'login', SUSE_LOGIN],
] as const satisfies readonly (readonly [string, Purpose, string])[]) {
  test(`${machine}, ${purpose}`, () => {
    const root = join(folder, `${machine}-${purpose}`);
    cpSync(`test/corpus/pam/${machine}`, root, { recursive: true, verbatimSymlinks: true });
    const facts = parseFacts('f', readFileSync(join(root, 'facts.json'), 'utf8'));
    const check = () => checkProfile({ service: 'new', purpose, root, facts });
    const missing = check().find(({ code }) => code === 'profile-missing');
    assert.deepEqual([missing?.line, missing?.fix], [null, wanted]);
    writeFileSync(join(root, 'etc/pam.d/new'), `${missing!.fix}\n`, { mode: 0o644 });
    const left = check().filter(({ level, code }) => level !== 'info' && !/writable/.test(code));
    assert.deepEqual(left, []);
  });
}
