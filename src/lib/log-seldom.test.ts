import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logSeldom } from './log-seldom.ts';

test('a flood from one network is a few lines and a number, and hides no line of another', () => {
  const lines: [string, unknown][] = [];
  const write = (event: string, fields?: unknown) => lines.push([event, fields]);
  const seldom = logSeldom({ info: write, warning: write, error: write });
  for (let i = 0; i < 5_000; i++) {
    seldom.log.info('request refused', { code: 'not-found', address: `2001:db8::${i}` });
  }
  assert.equal(lines.length, 10);
  seldom.log.info('request refused', { code: 'not-found', address: '192.0.2.9' });
  seldom.log.warning('broker lost');
  assert.equal(lines.length, 12);
  seldom.end();
  const kind = 'request refused not-found 2001:db8:0:0::/64';
  assert.deepEqual(lines[12], ['lines left out', { kind, more: 4_990 }]);
});
