import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAddresses } from './check-addresses.ts';
import { parseConfiguration } from './load.ts';
import { readPublicAddress } from './public-address.ts';

const load = (...lines: string[]) =>
  parseConfiguration([{ name: 'vestibule.conf', data: Buffer.from(lines.join('\n')) }]);
const both = ['www-home-origin=https://a.example', 'www-session-origin=https://b.example:8443'];

test('without settings the addresses are our own; valid values are used unchanged', () => {
  assert.deepEqual(readPublicAddress(load().values), { root: '', origins: null });
  const origins = { home: 'https://a.example', session: 'https://b.example:8443' };
  for (const root of ['/term', '/a/b.c/~d_e-1', '/.hidden']) {
    const loaded = load(`www-root-path=${root}`, ...both);
    assert.deepEqual(checkAddresses(loaded), [], root);
    assert.deepEqual(readPublicAddress(loaded.values), { root, origins });
  }
});

for (const [lines, says] of [
  [['www-root-path=/'], /:1: .*no slash at its end\), got '\/'/],
  [['www-root-path=/term/'], /no slash at its end/],
  [['www-root-path=/a/../b'], /wanted a path such as/],
  [['www-root-path=/a//b'], /wanted a path such as/],
  [['www-root-path=/a b'], /wanted a path such as/],
  [[both[0]], /'www-home-origin' wanted to be set together/],
  [[both[1]], /'www-session-origin' wanted to be set together/],
  [[both[0], 'www-session-origin=https://a.example'], /:2: .*wanted another origin than/],
  [[both[0], 'www-session-origin=http://b.example'], /:2: .*wanted an origin such as/],
  [[both[0], 'www-session-origin=https://b.example/'], /wanted an origin such as/],
  [[both[0], 'www-session-origin=https://b.example:443'], /without :443/],
  [[both[0], 'www-session-origin=https://b.example:65536'], /wanted an origin such as/],
  [[both[0], 'www-session-origin=https://B.example'], /lower case/],
  [[both[0], 'www-session-origin=b.example'], /wanted an origin such as/],
] as const) {
  test(`${lines.join(' and ')} is an error`, () => {
    const loaded = load(...(lines as readonly string[]));
    const found = checkAddresses(loaded).map(({ file, line, text }) => `${file}:${line}: ${text}`);
    assert.match(found.join('\n'), says);
    assert.throws(() => readPublicAddress(loaded.values), /wanted/);
  });
}
