import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLine, makeReference } from './log.ts';

test('a line is one JSON object: time, level, event, then the fields', () => {
  const line = formatLine('info', 'ready', { sessions: 2 }, new Date(0));
  assert.equal(
    line,
    '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"ready","sessions":2}',
  );
});

test('no field can pose as the event, or start a line', () => {
  const line = formatLine('info', 'ready', { event: 'other', user: 'a\n{"level":"error"}' });
  assert.equal(JSON.parse(line).event, 'ready');
  assert.ok(!line.includes('\n'));
});

test('control characters are escaped, C1 and DEL too', () => {
  const line = formatLine('info', 'x', { text: '\x1b[2J\x7f\x9b31m\u2028' });
  assert.doesNotMatch(line, /[\p{Cc}\u2028]/u);
  assert.equal(JSON.parse(line).text, '\x1b[2J\x7f\x9b31m\u2028');
});

test('bytes are never shown, errors by their message', () => {
  const fields = { key: Buffer.from('secret'), view: new Uint8Array(3), error: new Error('why') };
  const { key, view, error } = JSON.parse(formatLine('error', 'x', fields));
  assert.deepEqual([key, view, error], ['6 bytes', '3 bytes', 'why']);
});

test('references are 12 hexadecimal digits, and differ', () => {
  assert.match(makeReference(), /^[0-9a-f]{12}$/);
  assert.notEqual(makeReference(), makeReference());
});
