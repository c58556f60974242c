/** npm run bench in its quick form: every row is there, with all of its fields. What it measures is not judged. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { benches } from '../../bench/rows.ts';

/** With those that a reader needs to judge a row. */
const FIELDS = ['name', 'value', 'unit', 'peer', 'peerValue', 'ratio', 'goal', 'met'];
const MORE = ['samples', 'peerSamples', 'tls', 'note'];

test('a quick run measures every row of ours and says so in JSON', () => {
  const args = ['bench/main.ts', '--json', '--quick'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const { rows } = JSON.parse(stdout) as { rows: Record<string, unknown>[] };
  for (const row of rows) {
    assert.deepEqual(Object.keys(row), [...FIELDS, ...MORE]);
    assert.ok(typeof row.name === 'string' && row.name !== '');
    assert.ok(row.met === null || typeof row.met === 'boolean');
    const isThere = Number.isFinite(row.value) || /^not yet/.test(String(row.note));
    assert.ok(isThere, `${row.name}: ${row.value}, ${row.note}`);
  }
  for (const name of Object.keys(benches)) {
    assert.match(stderr, new RegExp(`^${name}: [0-9.]+ s$`, 'm'));
  }
});

test('a row that does not exist is refused with those that do', () => {
  const { status, stderr } = spawnSync(process.execPath, ['bench/main.ts', 'no-such-row'], {
    encoding: 'utf8',
  });
  assert.equal(status, 2);
  assert.match(stderr, /^wanted rows of: .*\bopen-session\b.*; got: no-such-row$/m);
});
