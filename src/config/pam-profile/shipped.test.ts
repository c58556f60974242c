/** packaging/pam.d: what is shipped, beside the profiles of the distributions that it is for, has no finding. */
import assert from 'node:assert/strict';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { checkProfile } from './check.ts';
import { parseFacts } from './facts.ts';
import type { Purpose } from './rule.ts';

const CORPUS = 'test/corpus/pam';
const BESIDE = {
  debian: ['debian', 'ubuntu-sss'],
  rhel: ['rhel-minimal', 'rhel-sssd'],
} as const;
const PURPOSES: Readonly<Record<string, Purpose>> = {
  vestibule: 'login',
  'vestibule-session': 'session',
  'vestibule-session-password': 'session-with-password',
};

const folder = mkdtempSync(join(tmpdir(), 'vestibule-shipped-'));
after(() => rmSync(folder, { recursive: true }));

for (const [distribution, beside] of Object.entries(BESIDE)) {
  for (const name of beside) {
    test(`${distribution}, beside ${name}`, () => {
      const root = join(folder, name);
      const shipped = `packaging/pam.d/${distribution}`;
      cpSync(`${CORPUS}/${name}`, root, { recursive: true, verbatimSymlinks: true });
      cpSync(shipped, `${root}/etc/pam.d`, { recursive: true });
      for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
        if (!entry.isSymbolicLink())
          chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
      const facts = parseFacts('facts.json', readFileSync(`${root}/facts.json`, 'utf8'));
      assert.deepEqual(readdirSync(shipped).sort(), Object.keys(PURPOSES).sort());
      for (const [service, purpose] of Object.entries(PURPOSES)) {
        assert.deepEqual(checkProfile({ service, purpose, root, facts }), [], `${name} ${service}`);
      }
    });
  }
}
