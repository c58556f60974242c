import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type FieldKind, fromLeader, type MessageSpec, toLeader } from './broker-leader.ts';
import { CodecError, decode, encode, type MessageTable } from './codec.ts';
import { fromSession, toSession } from './gateway-session.ts';
import { fromHost, toHost } from './leader-host.ts';

const tables: Record<string, MessageTable> = {
  ...{ toLeader, fromLeader, toHost, fromHost, toSession, fromSession },
};
const bytes = fc.uint8Array({ maxLength: 200 });
const text = fc
  .string({ unit: 'binary', maxLength: 50 })
  .filter((value) => value.isWellFormed() && !value.includes('\0'));
const number = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const values: Record<FieldKind, fc.Arbitrary<unknown>> = {
  u8: number(8),
  u16: number(16),
  u32: number(32),
  u64: fc.bigInt(0n, 2n ** 64n - 1n),
  string: text,
  bytes,
  strings: fc.array(text),
  blobs: fc.array(bytes),
  u32s: fc.array(number(32)),
  rest: bytes,
};

function messageOf(name: string, { fields }: MessageSpec) {
  const kinds = Object.entries(fields).map(([field, kind]) => [field, values[kind]]);
  return fc.record({ name: fc.constant(name), ...Object.fromEntries(kinds) });
}

test('every message of every table comes back as it was sent', () => {
  for (const table of Object.values(tables)) {
    for (const [name, spec] of Object.entries(table)) {
      fc.assert(
        fc.property(messageOf(name, spec), (message) => {
          assert.deepEqual(decode(table, encode(table, message as never)), { ...message });
        }),
        { numRuns: 20 },
      );
    }
  }
});

test('bytes that are no message throw a CodecError and nothing else', () => {
  const inputs = fc.tuple(fc.constantFrom(...Object.values(tables)), fc.uint8Array());
  fc.assert(
    fc.property(inputs, ([table, payload]) => {
      try {
        assert.deepEqual(encode(table, decode(table, payload)), new Uint8Array(payload));
      } catch (error) {
        assert.ok(error instanceof CodecError, String(error));
      }
    }),
  );
});

test('a message that is cut short anywhere, or has a byte too many, is refused', () => {
  const whole = encode(toLeader, {
    name: 'run',
    session: 's',
    pty: 1,
    rows: 24,
    columns: 80,
    argv: ['ls', '-l'],
    environment: [],
    key: new Uint8Array(32),
    lossless: 1,
    scrollback: 5,
  });
  for (let size = 0; size < whole.length; size++) {
    assert.throws(() => decode(toLeader, whole.subarray(0, size)), CodecError);
  }
  assert.throws(() => decode(toLeader, Uint8Array.of(...whole, 0)), /run: 1 bytes too many/);
});

const raw = (type: number, ...rest: number[]) => Uint8Array.of(type, ...rest);

test('strings with a NUL or without UTF-8 are refused', () => {
  const failed = (...text: number[]) => raw(10, 0, 0, 0, 0, 0, 0, 0, 0, text.length, ...text);
  assert.throws(() => decode(fromLeader, failed(0x61, 0, 0x62)), /failed.text: .*NUL/);
  for (const odd of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80]]) {
    assert.throws(() => decode(fromLeader, failed(...odd)), /not UTF-8/);
  }
  // A byte order mark is text like any other.
  const message = decode(fromLeader, failed(0xef, 0xbb, 0xbf));
  assert.equal(message.name === 'failed' && message.text, '\ufeff');
});

test('a count that cannot fit is refused before anything is made of it', () => {
  assert.throws(() => decode(toLeader, raw(5, 0, 0, 0, 1, 0xff, 0xff)), /65535 items cannot fit/);
});

test('values that do not fit their fields are not sent', () => {
  const failed = (change: object) =>
    encode(fromLeader, { name: 'failed', session: '', stage: 1, code: 7, text: 'no', ...change });
  assert.throws(() => failed({ stage: 256 }), /failed.stage: 256 does not fit/);
  assert.throws(() => failed({ code: -1 }), CodecError);
  assert.throws(() => failed({ code: 1.5 }), CodecError);
  assert.throws(() => failed({ text: 'a\0b' }), /NUL/);
  assert.throws(() => failed({ text: '\ud800' }), /well-formed/);
  assert.throws(() => failed({ text: 'x'.repeat(65_536) }), /does not fit/);
  assert.throws(() => failed({ name: 'nothing' }), /no message 'nothing'/);
});

test('names that every object has are no messages', () => {
  assert.throws(() => encode(toLeader, { name: 'constructor' } as never), CodecError);
  assert.throws(() => encode(toLeader, { name: 'toString' } as never), CodecError);
});
