/** A group that does not exist on the machine is reported, whatever characters its name has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGroups, type GroupVerdict } from './check-groups.ts';
import { type LoadedConfiguration, parseConfiguration } from './load.ts';

const read = (value: string, key = 'auth-required-user-group'): LoadedConfiguration =>
  parseConfiguration([{ name: 'v.conf', data: Buffer.from(`# first\n${key}=${value}\n`) }]);

/** The level and the beginning of what is found on this machine, where root is a group. */
const cases: Record<string, readonly [level: string, text: RegExp][]> = {
  '': [],
  root: [],
  'no such group': [['error', /got 'no such group', so nobody can sign in/]],
  'root users': [['error', /got 'root users', so nobody/]],
  'root,no-such,-x': [
    ['warning', /got 'no-such', so it lets nobody in/],
    ['warning', /got '-x'/],
  ],
  '0,root': [['warning', /got '0'/]],
  '--help,root': [['warning', /got '--help'/]],
};
for (const [value, wanted] of Object.entries(cases)) {
  test(`'${value}': ${wanted.length} findings`, () => {
    const found = checkGroups(read(value));
    assert.equal(found.length, wanted.length, JSON.stringify(found));
    for (const [at, [level, text]] of wanted.entries()) {
      assert.deepEqual([found[at]?.level, found[at]?.file, found[at]?.line], [level, 'v.conf', 2]);
      assert.match(found[at]?.text ?? '', text);
    }
  });
}

test('a directory that does not answer is a warning that names it', () => {
  const silent = (names: readonly string[]): GroupVerdict[] => names.map(() => 'no answer');
  const found = checkGroups(read('domain users'), silent);
  assert.deepEqual(
    found.map(({ level, text }) => [level, /group 'domain users', got no answer/.test(text)]),
    [['warning', true]],
  );
});

test('unknown groups of administrators are warnings: who may sign in still may', () => {
  const texts = (value: string) =>
    checkGroups(read(value, 'admin-group')).map(({ level, line, text }) => {
      assert.deepEqual([level, line], ['warning', 2]);
      return text;
    });
  assert.match(texts('root,no-such')[0]!, /'admin-group' .* got 'no-such', so it has no members/);
  assert.match(texts('no such')[0]!, /got 'no such', so nobody is an administrator/);
  assert.deepEqual(texts('root'), []);
});

test('each option has the answers to its own groups', () => {
  const data = 'auth-required-user-group=root,no-such\nadmin-group=none-such,root\n';
  const loaded = parseConfiguration([{ name: 'v.conf', data: Buffer.from(data) }]);
  assert.deepEqual(
    checkGroups(loaded).map(({ line, text }) => [line, /got '([^']*)'/.exec(text)?.[1]]),
    [
      [1, 'no-such'],
      [2, 'none-such'],
    ],
  );
});
