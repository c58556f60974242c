import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, mock, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listBelow } from '../../lib/list-below.ts';
import { readProcessState } from '../../lib/process-state.ts';
import { CliError, processContext } from '../context.ts';
import { readFiles } from './read-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-reader-'));
after(() => rmSync(folder, { recursive: true }));
const here = { ...processContext(), reader: null };
const apart = { ...here, reader: fileURLToPath(new URL('../main.ts', import.meta.url)) };

function fake(name: string, text: string) {
  const reader = join(folder, `${name}.mjs`);
  writeFileSync(reader, text);
  return { ...here, reader };
}

test('another process answers what this one would', async () => {
  const ask = { profile: 'other', root: '/' };
  assert.deepEqual(await readFiles(apart, 'configuration'), await readFiles(here, 'configuration'));
  assert.deepEqual(
    await readFiles(apart, 'pam-explain', ask),
    JSON.parse(JSON.stringify(await readFiles(here, 'pam-explain', ask))),
  );
  assert.equal(await readFiles(apart, 'person', { name: 'no-such-name' }), null);
});

test('what it refuses is refused with its words and status', async () => {
  await assert.rejects(
    readFiles(apart, 'pam-explain', { profile: '../x', root: '/' }),
    (error) => error instanceof CliError && error.status === 2 && /got '..\/x'/.test(error.message),
  );
});

test('one that fails, or ends without an answer, is no answer', async () => {
  const failing = fake('fails', 'console.log(JSON.stringify({ failure: "a bug" }))');
  await assert.rejects(readFiles(failing, 'configuration'), /failed: a bug$/);
  const ending = fake('ends', 'console.log(JSON.stringify({ reading: "/x" }))');
  await assert.rejects(readFiles(ending, 'configuration'), /ended too early$/);
});

test('the question is as long as it has to be, and no other user sees it', async () => {
  const facts = { file: '/dev/stdin', text: `{}${' '.repeat(200_000)}` };
  const ask = { profile: 'other', root: '/', purpose: 'login', facts } as const;
  assert.deepEqual(
    await readFiles(apart, 'pam-check', ask),
    await readFiles(here, 'pam-check', ask),
  );
  const showing = fake('shows', 'console.log(JSON.stringify({ answer: process.argv.slice(2) }))');
  assert.deepEqual(await readFiles(showing, 'person', { name: 'ada' }), ['--answer-reading']);
});

test('once a silent one has ended, nothing keeps this process', async () => {
  const silent = fake(
    'silent',
    'console.log(JSON.stringify({ reading: "/x" })); setInterval(() => {}, 1000);',
  );
  const timers = (): number =>
    process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const later = mock.method(globalThis, 'setTimeout', (run: () => void) => {
    setImmediate(run);
    return { refresh: () => setImmediate(run) };
  });
  await assert.rejects(readFiles(silent, 'configuration'), /wanted to read '\/x' within 10 s/);
  later.mock.restore();
  assert.equal(timers(), before);
});

test('a reader ends with its command, however that ends', async () => {
  const waits = fake(
    'waits',
    'console.log(JSON.stringify({ reading: "/x" })); setInterval(() => {}, 1000);',
  );
  const command = join(folder, 'command.mjs');
  const script = `
    import { readFiles } from ${JSON.stringify(new URL('./read-files.ts', import.meta.url).href)};
    console.log('begins');
    await readFiles({ reader: ${JSON.stringify(waits.reader)} }, 'configuration');`;
  writeFileSync(command, script);
  const child = spawn(process.execPath, [command], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const reader = await until(() => listBelow(child.pid!).find(isReader));
  child.kill('SIGKILL');
  await until(() => (hasEnded(reader) ? true : undefined));
});

/** Also true for a zombie: the process that inherited it may not have reaped it yet. */
function hasEnded(pid: number): boolean {
  const state = readProcessState(pid)?.state;
  return state === undefined || state === 'Z';
}

test('a reader whose command has ended before it began reads nothing', async () => {
  const reader = spawn(process.execPath, [apart.reader, '--answer-reading'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  reader.stdin.end(JSON.stringify({ name: 'configuration', ask: null, command: 1 }));
  assert.equal(await text(reader.stdout), '');
});

/** Whether it executes the reader already: before, it is a copy of the command, then setpriv. */
function isReader(pid: number): boolean {
  const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return argv.startsWith(process.execPath) && argv.includes('--answer-reading');
}

async function until<T>(find: () => T | undefined): Promise<T> {
  for (;;) {
    const found = find();
    if (found !== undefined) return found;
    await nextTurn();
  }
}
