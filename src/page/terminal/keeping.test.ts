/** What is kept per browser, and what of a program's words is shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress } from './links.ts';
import { DEFAULT_SETTINGS, SettingsStore } from './settings.ts';
import { cleanTitle } from './window-title.ts';

function makeStorage(first?: string) {
  const kept = new Map<string, string>();
  if (first !== undefined) kept.set('terminal-settings', first);
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  } as unknown as Storage;
  return { storage, text: () => kept.get('terminal-settings') ?? null };
}

test('settings are kept, told, and taken over from another tab', () => {
  const { storage, text } = makeStorage();
  const store = new SettingsStore(storage);
  assert.deepEqual(store.current, DEFAULT_SETTINGS);
  const told: number[] = [];
  store.onChange(({ fontSize }) => told.push(fontSize));
  store.change({ fontSize: 20, clipboard: true });
  assert.deepEqual(new SettingsStore(storage).current, store.current);
  const other = new SettingsStore(makeStorage().storage);
  other.read({ key: 'something else', newValue: text() });
  assert.equal(other.current.fontSize, DEFAULT_SETTINGS.fontSize);
  other.read({ key: 'terminal-settings', newValue: text() });
  assert.equal(other.current.fontSize, 20);
  assert.deepEqual(told, [20]);
});

test('the font grows and shrinks within bounds', () => {
  const store = new SettingsStore(makeStorage().storage);
  for (let i = 0; i < 50; i++) store.changeFontSize(1);
  assert.equal(store.current.fontSize, 32);
  for (let i = 0; i < 50; i++) store.changeFontSize(-1);
  assert.equal(store.current.fontSize, 8);
  store.changeFontSize(0);
  assert.equal(store.current.fontSize, DEFAULT_SETTINGS.fontSize);
});

test('odd settings are as if never set', () => {
  for (const odd of ['nonsense', 'null', '[]', '7', '{"fontSize":"14"}', '{"fontSize":9999}']) {
    assert.deepEqual(new SettingsStore(makeStorage(odd).storage).current, DEFAULT_SETTINGS, odd);
  }
  const odd = '{"scrollback":7,"screenReader":"yes","clipboard":1}';
  assert.deepEqual(new SettingsStore(makeStorage(odd).storage).current, DEFAULT_SETTINGS);
});

test('a title cannot deceive', () => {
  assert.equal(cleanTitle('vim notes'), 'vim notes');
  assert.equal(cleanTitle('a\x07\x1b[31mb\u202ecod.exe\u200b\n\u009b'), 'a[31mbcod.exe');
  assert.equal(cleanTitle('  a \u00a0\u3000 b '), 'a b');
  assert.equal([...cleanTitle('👍'.repeat(5000))].length, 101);
  assert.equal(cleanTitle('\x00'), '');
});

test('only web addresses are opened', () => {
  assert.equal(readAddress('https://example.org/a?b#c'), 'https://example.org/a?b#c');
  for (const bad of ['javascript:alert(1)', 'file:///etc/passwd', 'data:text/html,x', 'x', '']) {
    assert.equal(readAddress(bad), null, bad);
  }
});
