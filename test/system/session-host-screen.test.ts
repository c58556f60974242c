/** What session-host keeps of a terminal's screen is what xterm.js would show: for any output, cut anywhere. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import test from 'node:test';
import { unpackPackages } from '../lib/packages.ts';
import { makeTerminal, readState, type Size, write } from '../lib/screen-state.ts';
import { startHost } from '../lib/session-host.ts';
import type { Viewer } from '../lib/viewer.ts';

/** The same numbers every time. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function keepOf(output: Uint8Array, { rows, columns }: Size): Uint8Array {
  const args = [String(rows), String(columns)];
  const { status, stdout, stderr } = spawnSync('build/test-c/screen-dump', args, {
    input: output,
    maxBuffer: 64 << 20,
  });
  assert.equal(status, 0, stderr.toString());
  return stdout;
}

/** A viewer that gets what is kept of the output before the cut, and the rest, shows what one does that saw everything. */
async function checkCut(output: Uint8Array, cut: number, size: Size): Promise<void> {
  const [whole, fresh] = [makeTerminal(size), makeTerminal(size)];
  await write(whole, output);
  await write(fresh, keepOf(output.subarray(0, cut), size), output.subarray(cut));
  const wanted = readState(whole);
  const came = readState(fresh);
  const shown = Buffer.from(output.subarray(Math.max(0, cut - 60), cut)).toString('latin1');
  assert.deepEqual(
    came,
    wanted,
    `cut at ${cut} of ${output.length} after ${JSON.stringify(shown)}`,
  );
}

const FINALS = '@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu';
const MODES = [
  1, 2, 6, 7, 25, 45, 47, 66, 9, 1000, 1002, 1003, 1004, 1006, 1016, 1047, 1048, 1049, 2004, 2026,
];
const WORDS = [
  'a',
  'word',
  ' ',
  '\r\n',
  '\n',
  '\b',
  '\t',
  '日本',
  '👍',
  'e\u0301',
  'é',
  '\x0e',
  '\x0f',
  'x'.repeat(30),
];
const ESCAPES = [
  '7',
  '8',
  'D',
  'E',
  'H',
  'M',
  '=',
  '>',
  '(0',
  '(B',
  ')0',
  '[?6l\x1b#8',
  'c',
  'n',
  'o',
  '~',
];

/** One thing that a program may write, or would not in its right mind. */
function makePiece(random: (below: number) => number): string {
  const one = <T>(list: ArrayLike<T>): T => list[random(list.length)]!;
  // xterm.js takes long to do a thing 99999 times.
  const number = () =>
    random(100) === 0 ? '99999' : one(['', '0', '1', '2', '3', '5', '8', '12', '40', '999']);
  switch (random(12)) {
    case 0:
      return `\x1b[?${one(MODES)}${one('hl')}`;
    case 1:
      return `\x1b[${one(['0', '1', '4', '7', '31', '42', '95', '104', '38;5;200', '48;2;1;2;3', '4:3', '9', '53', '2', '58:5:9'])}m`;
    case 2:
      return `\x1b${one(ESCAPES)}`;
    case 3:
      return `\x1b]${one(['0', '2', '8', '52'])};${number()}${one(['\x07', '\x1b\\', '\x18'])}`;
    case 4:
      return one([
        '\x1b[!p',
        '\x1b[ @',
        '\x1b[2 A',
        "\x1b['}",
        "\x1b[3'~",
        '\x1b[1"q',
        '\x1b[?2J',
        '\x1b[?2K',
        '\x1b[3 q',
        '\x1b[4h',
        '\x1b[4l',
        '\x1bP$qm\x1b\\',
        '\x1b_x\x1b\\',
        '\x1b[5;9r',
      ]);
    case 5:
    case 6: {
      const final = one(FINALS);
      const value = final === 'b' ? one(['', '3']) : number();
      return `\x1b[${value}${random(3) === 0 ? `;${number()}` : ''}${final}`;
    }
    default:
      return one(WORDS);
  }
}

test('sequences of every kind, cut at any byte', async () => {
  const size = { rows: 8, columns: 20 };
  const first = Number(process.env.SEED ?? 1);
  for (let seed = first; seed < first + Number(process.env.CASES ?? 200); seed++) {
    const random = makeRandom(seed);
    const output = Buffer.from(Array.from({ length: 60 }, () => makePiece(random)).join(''));
    await checkCut(output, random(output.length), size);
  }
});

test('many times what a ring holds, cut anywhere', async () => {
  const size = { rows: 8, columns: 20 };
  const random = makeRandom(Number(process.env.SEED ?? 7));
  let text = '';
  while (text.length < 300_000) text += makePiece(random);
  const output = Buffer.from(text);
  await checkCut(output, output.length - random(1000), size);
});

test('random bytes, cut anywhere', async () => {
  const size = { rows: 12, columns: 40 };
  for (let seed = 1; seed <= 100; seed++) {
    const random = makeRandom(seed);
    const output = Buffer.from(
      Array.from({ length: 3000 }, () => (random(4) === 0 ? 0x1b : random(256))),
    );
    // National character sets are not kept.
    for (const [at, byte] of output.entries())
      if ('()*+-.'.includes(String.fromCharCode(byte))) output[at] = 0x20;
    await checkCut(output, random(output.length), size);
  }
});

const SIZE = { rows: 24, columns: 80 };

/** What a page shows of what this viewer has got. */
async function show({ screen, text }: Viewer): Promise<ReturnType<typeof readState>> {
  const terminal = makeTerminal(SIZE);
  await write(terminal, Buffer.from(screen, 'latin1'), Buffer.from(text, 'latin1'));
  return readState(terminal);
}

test('output of which two bytes rewrite a large screen keeps no viewer out', {
  timeout: 20_000,
}, async () => {
  const script = `read x; exec yes "$(printf '\\033c')"`;
  const host = await startHost({ argv: ['/bin/sh', '-c', script], scrollback: 4096 });
  const first = await host.view({ rows: 1000, columns: 1000 });
  first.type('\n');
  // By then the ring has let go.
  while (first.offset < 20_600n) assert.ok(await first.read());
  for (let n = 0; n < 3; n++) (await host.view()).socket.destroy();
  host.leader.end();
});

/** Long, so that each jump draws a screen: not every machine has an /etc/services. */
const LISTING = '/tmp/services';
const line = (_: unknown, n: number) => `int port_${n} = ${n}; /* "service" ${n}/tcp, 日本 */\n`;

/** Programs, with the keys that make them draw, each waiting for what the one before has drawn. */
const PROGRAMS: Record<string, { argv: readonly string[]; keys: readonly [string, string][] }> = {
  vim: {
    argv: ['vim.basic', '-u', 'NONE', '-N', '-c', 'syntax on', LISTING],
    keys: [
      ['', 'services'],
      [':split | set number hlsearch mouse=a\r', 'services'],
      ...Array.from({ length: 40 }, (_, n): [string, string] => [
        `${n * 7 + 1}Gzt:echo "at-${n}"\r`,
        `at-${n}`,
      ]),
      ['itext 日本 \x1b:echo "done"\r', 'done'],
    ],
  },
  tmux: {
    argv: ['tmux', '-L', 'screen', '-f', '/dev/null', 'new', '-s', 'work', 'sh'],
    keys: [
      ['', '[work]'],
      ['\x02%', '│'],
      ...Array.from({ length: 25 }, (_, n): [string, string] => [
        `seq 1 200; echo at-""${n}\r`,
        `at-${n}`,
      ]),
      ['\x02"echo do""ne\r', 'done'],
    ],
  },
  htop: {
    argv: ['htop', '-d', '1'],
    keys: [
      ['', 'F10'],
      ...Array.from({ length: 12 }, (_, n): [string, string] => [
        n % 2 ? '\x1b' : '\x1bOP',
        n % 2 ? 'F10' : 'htop',
      ]),
    ],
  },
};

for (const [name, { argv, keys }] of Object.entries(PROGRAMS)) {
  test(`${name}: cut anywhere, and with a ring that has forgotten its start`, async () => {
    unpackPackages();
    writeFileSync(LISTING, Array.from({ length: 400 }, line).join(''));
    const env = ['/usr/bin/env', 'TERM=xterm-256color', 'HOME=/tmp', 'SHELL=/bin/sh'];
    const host = await startHost({ argv: [...env, ...argv], scrollback: 8192 });
    const early = await host.view({ viewer: 1n, ...SIZE });
    for (const [typed, wanted] of keys) {
      const from = early.text.length;
      if (typed !== '') early.type(typed);
      const shown = Buffer.from(wanted).toString('latin1');
      while (!early.text.slice(from).includes(shown)) assert.ok(await early.read(), early.text);
    }
    const output = Buffer.from(early.text, 'latin1');
    const random = makeRandom(1);
    for (let n = 0; n < 12; n++) await checkCut(output, random(output.length), SIZE);
    const late = await host.view({ viewer: 2n, from: 0n });
    while (late.offset < early.offset) assert.ok(await late.read());
    assert.equal(late.gaps, 1);
    while (early.offset < late.offset) assert.ok(await early.read());
    assert.deepEqual(await show(late), await show(early));
    host.leader.end();
  });
}
