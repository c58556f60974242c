/** The C and the TypeScript reader give the same result for every file: the same values or the same problems. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { parseConfiguration } from './load.ts';
import { OPTION_KEYS, OPTIONS, type OptionSpec } from './options.ts';
import type { OptionValue } from './read-value.ts';

const root = new URL('../../', import.meta.url).pathname;
const corpus = join(root, 'test/corpus/config');
const dump = join(root, 'build/test-c/config-dump');
const folder = mkdtempSync(join(tmpdir(), 'vestibule-config-'));
before(() => execFileSync('make', ['-s', 'build/test-c/config-dump'], { cwd: root }));
after(() => rmSync(folder, { recursive: true }));

function byC(names: readonly string[]): string[] {
  const output = execFileSync(dump, names, { encoding: 'utf8' });
  return output.split('\n').slice(0, -1);
}

function byTypeScript(names: readonly string[]): string[] {
  const files = names.map((name) => ({ name, data: readFileSync(name) }));
  const { values, problems } = parseConfiguration(files);
  if (problems.length > 0)
    return problems.map(({ file, line, text }) => `${file}:${line}: ${text}`);
  const readByC = OPTION_KEYS.filter((key) => {
    const { readBy }: OptionSpec = OPTIONS[key];
    return readBy.some((reader) => reader === 'supervise' || reader === 'leader');
  });
  return readByC.map((key) => `${key}=${written(values[key])}`);
}

/** As config-dump.c writes it: a list by its items. */
function written(value: OptionValue): string {
  if (typeof value === 'object') return value.map((item) => `[${item}]`).join('');
  return String(typeof value === 'boolean' ? Number(value) : value);
}

function compare(names: readonly string[]): void {
  assert.deepEqual(byC(names), byTypeScript(names));
}

for (const name of readdirSync(corpus)) {
  test(`${name} is the same to both`, () => compare([join(corpus, name)]));
}

/** Too large to be kept as files. */
const large: Record<string, Buffer> = {
  'a line of 1 MB': Buffer.from(`www-port=${'9'.repeat(1_000_000)}\nwww-address=x\n`),
  'a line of 1 MB without an equals sign': Buffer.alloc(1_000_000, 0x20).fill(0x61, 999_000),
  'a comment of 1 MB': Buffer.from(`#${'c'.repeat(1_000_000)}\nwww-port=9000\n`),
  'the largest file': Buffer.alloc(1_048_576, '# comment\n'),
  'a file one byte too large': Buffer.alloc(1_048_577, '\n'),
};
for (const [name, data] of Object.entries(large)) {
  test(`${name} is the same to both`, () => {
    const file = join(folder, 'large.conf');
    writeFileSync(file, data);
    compare([file]);
  });
}

test('a later file wins in both', () => {
  compare([join(corpus, 'all-options.conf'), join(corpus, 'crlf.conf')]);
  compare([join(corpus, 'ports-same.conf'), join(corpus, 'crlf.conf')]);
  compare([join(corpus, 'duplicate.conf'), join(corpus, 'ports-same-as-default.conf')]);
  compare([join(corpus, 'certificate-alone.conf'), join(corpus, 'key-alone.conf')]);
  compare([join(corpus, 'certificate-key-bad.conf'), join(corpus, 'key-alone.conf')]);
});

const piece = fc.oneof(
  fc.constantFrom(
    '=',
    ' ',
    '\t',
    '\r',
    '\n',
    '#',
    ',',
    '.',
    ':',
    '"',
    '%',
    '\0',
    '\ufeff',
    '\u0085',
    '\u{1f512}',
  ),
  fc.constantFrom(
    '0',
    '1',
    '65535',
    '65536',
    '4294967295',
    '-1',
    '::1',
    '10.0.0.1',
    '/etc',
    'su',
    'web',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const value = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(''));
const key = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<string>(...OPTION_KEYS) },
  { weight: 1, arbitrary: value },
);
const line = fc
  .tuple(key, fc.constantFrom('=', ' = ', '=\t', ''), value)
  .map((parts) => Buffer.from(`${parts.join('')}\n`));
const junk = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));
const file = fc
  .array(fc.oneof({ weight: 6, arbitrary: line }, { weight: 1, arbitrary: junk }), { maxLength: 8 })
  .map((parts) => Buffer.concat(parts));

test('two random files are the same to both', () => {
  const names = [join(folder, 'one.conf'), join(folder, 'two.conf')];
  fc.assert(
    fc.property(file, file, (one, two) => {
      writeFileSync(names[0] ?? '', one);
      writeFileSync(names[1] ?? '', two);
      compare(names);
    }),
    { numRuns: 200, seed: 20_260_101 },
  );
});

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4Extended(),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef:.%'), maxLength: 24 }),
);
test('an address is the same to both', () => {
  const name = join(folder, 'address.conf');
  fc.assert(
    fc.property(address, (text) => {
      writeFileSync(name, `www-address=${text}\n`);
      compare([name]);
    }),
    { numRuns: 200, seed: 20_260_102 },
  );
});
