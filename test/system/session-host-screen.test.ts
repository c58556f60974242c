/** What session-host keeps of a terminal's screen is what xterm.js would show: for any output, cut anywhere. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { unpackPackages } from '../lib/packages.ts';
import { checkCut } from '../lib/screen-cut.ts';
import { makePiece, makeRandom } from '../lib/screen-pieces.ts';
import {
  assertSameState,
  makeTerminal,
  readState,
  type State,
  write,
} from '../lib/screen-state.ts';
import { startHost } from '../lib/session-host.ts';
import type { Viewer } from '../lib/viewer.ts';

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
    await checkCut(output, random(output.length), size);
  }
});

const SIZE = { rows: 24, columns: 80 };

/** What a page shows of what this viewer has got. */
async function show({ screen, text }: Pick<Viewer, 'screen' | 'text'>): Promise<State> {
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

const TMUX = ['tmux', '-L', 'screen'] as const;

/** Programs, with the keys that make them draw, each waiting for what the one before has drawn. */
interface Program {
  readonly argv: readonly string[];
  readonly keys: readonly [string, string][];
}
const PROGRAMS: Record<string, Program> = {
  vim: {
    argv: ['vim.basic', '-n', '-u', 'NONE', '-N', '-c', 'syntax on', LISTING],
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
    // By commands: a tmux that has just started takes a prefix key for the shell's, now and then.
    argv: [...TMUX, '-f', '/dev/null', 'new', '-s', 'work', 'sh', ';', 'split-window', '-h', 'sh'],
    keys: [
      ['', '│'],
      ...Array.from({ length: 25 }, (_, n): [string, string] => [
        `seq 1 200; echo at-""${n}\r`,
        `at-${n}`,
      ]),
      [`${TMUX.join(' ')} split-window sh\r`, '─'],
      ['echo do""ne\r', 'done'],
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

/** A program may move the cursor, or hide it, in the middle of a word. */
function withoutControls(text: string): string {
  return text.replaceAll(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, '');
}

/** null: more came at once than the ring has, so the first viewer, too, has had a screen: that run shows nothing. */
async function runProgram({ argv, keys }: Program) {
  const env = ['/usr/bin/env', 'TERM=xterm-256color', 'HOME=/tmp', 'SHELL=/bin/sh'];
  // The tmux server of an earlier run can still be there, with its session.
  const sockets = mkdtempSync('/tmp/tmux-');
  chmodSync(sockets, 0o1777);
  const run = [...env, `TMUX_TMPDIR=${sockets}`, ...argv];
  const host = await startHost({ argv: run, scrollback: 8192 });
  const early = await host.view({ viewer: 1n, ...SIZE });
  for (const [typed, wanted] of keys) {
    const from = early.text.length;
    if (typed !== '') early.type(typed);
    const shown = Buffer.from(wanted).toString('latin1');
    while (early.gaps === 0 && !withoutControls(early.text.slice(from)).includes(shown))
      assert.ok(await early.read(), early.text);
  }
  const late = await host.view({ viewer: 2n, from: 0n });
  // htop draws all the time.
  while (late.gaps === 0 || late.offset < early.offset) assert.ok(await late.read());
  while (early.offset < late.offset) assert.ok(await early.read());
  host.leader.end();
  return early.gaps === 0 ? { early, late } : null;
}

for (const [name, program] of Object.entries(PROGRAMS)) {
  test(`${name}: cut anywhere, and with a ring that has forgotten its start`, async () => {
    unpackPackages();
    writeFileSync(LISTING, Array.from({ length: 400 }, line).join(''));
    let run = await runProgram(program);
    while (run === null) run = await runProgram(program);
    const { early, late } = run;
    const seen = { screen: '', text: early.text.slice(0, Number(late.offset)) };
    assertSameState(await show(late), await show(seen), 'a viewer that came late');
    const output = Buffer.from(early.text, 'latin1');
    const random = makeRandom(1);
    for (let n = 0; n < 12; n++) await checkCut(output, random(output.length), SIZE);
  });
}
