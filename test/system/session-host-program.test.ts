/** session-host: how the program is started, signalled and ended, and what the leader hears of it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { LAST_WORDS_BYTES } from '../../src/protocol/broker-leader.ts';
import { HungDirectory } from '../lib/hung-directory.ts';
import { until } from '../lib/product.ts';
import { Host, type HostOptions, startHost, startShell } from '../lib/session-host.ts';

test('exit status and signals reach the viewer and the leader', async () => {
  for (const [script, status] of [
    ['exit 7', 7 << 8],
    ['kill -9 $$', 9],
    ['exit 0', 0],
  ] as const) {
    for (const pty of [true, false]) {
      const host = await startShell(`read -r go; ${script}`, { pty });
      const viewer = await host.view();
      viewer.type('\n');
      assert.equal((await viewer.rest()).status, status);
      assert.deepEqual(await host.hearEnd(), { status, words: '' });
      assert.equal(await host.hear(), null);
      assert.equal(await host.end, 0);
    }
  }
});

test('what a program wrote that ended at once is seen by the first who comes, with its status', async () => {
  const host = await startHost({
    argv: ['sh', '-c', 'echo its words; exit 7'],
    program: '/bin/sh',
  });
  // It has ended before anybody is there: the leader is told once somebody has seen it.
  await until(() => !existsSync(`/proc/${host.program}`), 'the program has ended');
  const viewer = await host.view();
  await viewer.rest();
  assert.match(viewer.text, /its words/);
  assert.equal(viewer.status, 7 << 8);
  assert.deepEqual(await host.hearEnd(), { status: 7 << 8, words: 'its words\r\n' });
  assert.equal(await host.end, 0);
});

test('the last words are whole lines of what nobody typed in, and read to the end', async () => {
  const long = await startShell(
    'i=0; while [ $i -lt 900 ]; do i=$((i+1)); echo "line $i"; done; printf "\\0end"',
  );
  const viewer = await long.view();
  await viewer.rest();
  const { words } = await long.hearEnd();
  assert.match(words, /line 899\r\nline 900\r\nend$/);
  assert.equal(words.length, LAST_WORDS_BYTES - 1, 'without the NUL');
  const piped = await startShell('echo words', { pty: false });
  assert.equal((await piped.hearEnd()).words, '');
});

test('who asks for the end of a program has its status alone kept', async () => {
  const host = await startShell(
    'trap "echo hung up; exit 3" HUP; echo ready; while :; do sleep 1 & wait; done',
  );
  await (await host.view()).until(/ready/);
  host.tell({ name: 'hangup' });
  assert.deepEqual(await host.hearEnd(), { status: 3 << 8, words: '' });
});

test("a viewer's signal goes to the program's group", async () => {
  const host = await startShell(
    'trap "echo caught; exit 3" USR1; echo ready; while :; do sleep 1 & wait; done',
  );
  const viewer = await host.view();
  await viewer.until(/ready/);
  viewer.send({ name: 'signal', number: 10 });
  await viewer.rest();
  assert.match(viewer.text, /caught/);
  assert.equal(viewer.status, 3 << 8);
});

test('the program starts with nothing but its terminal: descriptors, signals, environment, group', async () => {
  const host = await startHost({
    argv: [
      '-sh',
      '-c',
      'read -r go; ls -l /proc/self/fd; grep Sig /proc/self/status; env; ps -o pid=,pgid=,sid=,tty= $$; echo "$0"',
    ],
    program: '/bin/sh',
  });
  const viewer = await host.view();
  viewer.type('\n');
  await viewer.rest();
  const tty = viewer.text.match(/0 -> (\/dev\/pts\/\d+)/)![1]!;
  assert.match(
    viewer.text,
    new RegExp(`1 -> ${tty}\r\n[^\n]* 2 -> ${tty}\r\n[^\n]* 3 -> /proc/\\d+/fd\r\nSig`),
  );
  for (const line of ['SigBlk', 'SigIgn'])
    assert.match(viewer.text, new RegExp(`${line}:\t0{16}\r`));
  assert.match(viewer.text, /LANG=C\.UTF-8/);
  assert.doesNotMatch(viewer.text, /ASAN|LISTEN|HOME/);
  assert.match(
    viewer.text,
    new RegExp(` ${host.program} +${host.program} +${host.program} ${tty.slice(5)}`),
  );
  assert.match(viewer.text, /-sh\r\n$/);
});

test('a home or a program that does not answer is given up, and named', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hung-'));
  const hung = await HungDirectory.mount(directory);
  const cases = [
    {
      home: directory,
      program: '/bin/true',
      error: 110,
      text: 'the home directory does not answer',
    },
    {
      home: '/',
      program: join(directory, 'sh'),
      error: 62,
      text: `'${join(directory, 'sh')}' does not answer`,
    },
  ];
  for (const { home, program, error, text } of cases) {
    const options = { argv: ['sh'], program, home, seconds: 1 };
    const host = new Host(options);
    host.start(options);
    const executing = error === 62 ? 1 : 0;
    assert.deepEqual(await host.hear(), { name: 'failed', error, executing, text });
    assert.equal(await host.end, 0);
  }
  await hung.answer();
});

test('a missing home: a line says so and the program starts in /', async () => {
  for (const pty of [true, false]) {
    const host = await startShell('read -r go; pwd', { pty, home: '/no/such/home' });
    const viewer = await host.view();
    viewer.type('\n');
    await viewer.rest();
    assert.match(
      pty ? viewer.text : viewer.errors,
      /^Cannot enter the home directory '\/no\/such\/home' \(No such file or directory\), starting in '\/'\.\r?\n/,
    );
    assert.match(viewer.text, /(^|\n)\/\r?\n$/);
  }
});

test('an account without a home directory: a line says so', async () => {
  const host = await startShell('read -r go; pwd', { pty: false, home: '' });
  const viewer = await host.view();
  viewer.type('\n');
  await viewer.rest();
  assert.equal(viewer.errors, "The account has no home directory, starting in '/'.\n");
  assert.equal(viewer.text, '/\n');
});

test('a program that cannot be started: failed says why', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'program-'));
  chmodSync(directory, 0o755);
  const [plain, orphan] = [join(directory, 'plain'), join(directory, 'orphan')];
  writeFileSync(plain, 'text', { mode: 0o644 });
  writeFileSync(orphan, '#!/no/such/interpreter\n', { mode: 0o755 });
  const missing = (file: string) =>
    `cannot run '${file}': no such file, or its interpreter is missing`;
  const cases: [HostOptions, number, string][] = [
    [{ argv: ['/no/such/program'] }, 2, missing('/no/such/program')],
    [{ argv: ['bash'] }, 2, missing('bash')],
    [{ argv: [`/${'x'.repeat(255)}`] }, 2, missing(`/${'x'.repeat(199)}`)],
    [{ argv: [orphan] }, 2, missing(orphan)],
    [{ argv: [plain] }, 13, `cannot run '${plain}': the user may not execute it`],
    [
      {
        argv: ['/bin/echo', 'x'.repeat(60_000), 'y'.repeat(60_000), 'z'.repeat(60_000)],
        under: ['prlimit', '--stack=262144'],
      },
      7,
      "cannot run '/bin/echo': its arguments and environment are too long together",
    ],
    [
      { argv: ['/bin/true'], uid: 61_099, processes: 1 },
      11,
      "cannot start a process: the user has as many processes as the limit 'nproc' allows",
    ],
  ];
  for (const [options, error, text] of cases) {
    for (const pty of [true, false]) {
      const host = new Host({ ...options, pty });
      host.start({ ...options, pty });
      const executing = error === 11 ? 0 : 1;
      assert.deepEqual(await host.hear(), { name: 'failed', error, executing, text });
      assert.equal(await host.hear(), null);
      assert.equal(await host.end, 0);
    }
  }
});

/** A program that writes into a FIFO when it is hung up, and what it wrote. */
async function startUntilHungUp(
  pty: boolean,
): Promise<{ host: Host; heard: () => Promise<string> }> {
  const directory = mkdtempSync(join(tmpdir(), 'hangup-'));
  chmodSync(directory, 0o755);
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', ['-m', '666', fifo]);
  const opening = open(fifo, 'r');
  const host = await startShell(
    `exec 3>${fifo}; trap "trap '' HUP; echo hung up >&3; exit 0" HUP; echo ready; while :; do sleep 1 & wait; done`,
    { pty },
  );
  const viewer = await host.view();
  await viewer.until(/ready/);
  const file = await opening;
  const heard = async (): Promise<string> => {
    const { bytesRead, buffer } = await file.read();
    await file.close();
    return buffer.toString('latin1', 0, bytesRead);
  };
  return { host, heard };
}

test('hangup, the end of the leader and a surprise from it hang the program up', async () => {
  for (const pty of [true, false]) {
    const one = await startUntilHungUp(pty);
    one.host.tell({ name: 'hangup' });
    assert.equal(await one.heard(), 'hung up\n');
    assert.deepEqual(await one.host.hearEnd(), { status: 0, words: '' });
    assert.equal(await one.host.end, 0);

    const two = await startUntilHungUp(pty);
    two.host.leader.end();
    assert.equal(await two.heard(), 'hung up\n');
    assert.equal(await two.host.end, 0);

    const three = await startUntilHungUp(pty);
    three.host.leader.send(Uint8Array.of(99));
    assert.equal(await three.heard(), 'hung up\n');
    assert.equal(await three.host.end, 0);
    assert.match(three.host.log, /wanted rotate or hangup from the leader, got a frame of type 99/);
  }
});

test('a bad first frame, or none, ends session-host', async () => {
  for (const frame of [Uint8Array.of(3), Uint8Array.of(1), Buffer.alloc(200, 1)]) {
    const host = new Host({ argv: [] });
    host.leader.send(frame);
    assert.equal(await host.end, 1);
    assert.match(host.log, /wanted a well-formed start/);
  }
  const silent = new Host({ argv: [] });
  silent.leader.end();
  assert.equal(await silent.end, 1);
  assert.match(silent.log, /wanted start from the leader/);
});

test('pipes: input, its end, and stderr apart from stdout', async () => {
  const host = await startShell('cat; echo done >&2', { pty: false, lossless: true });
  const viewer = await host.view();
  const text = 'x'.repeat(60_000);
  for (let i = 0; i < 20; i++) viewer.type(text);
  viewer.send({ name: 'eof' });
  await viewer.rest();
  assert.equal(viewer.text, text.repeat(20));
  assert.equal(viewer.errors, 'done\n');
  assert.equal(viewer.status, 0);
});

test('pipes: input for a program that has closed its stdin is dropped', async () => {
  const host = await startShell('exec <&-; echo closed; sleep 1000 & wait', { pty: false });
  const viewer = await host.view();
  await viewer.until(/closed/);
  for (let i = 0; i < 10; i++) viewer.type('x'.repeat(30_000));
  viewer.send({ name: 'eof' });
  viewer.send({ name: 'signal', number: 15 });
  assert.equal((await viewer.rest()).status, 15);
});

test('a program may let go of its terminal and come back to it', async () => {
  const host = await startShell(
    'exec </dev/null >/dev/null 2>&1; sh -c "exit 0"; echo back >/dev/tty; read -r go </dev/tty; echo "$go" >/dev/tty',
  );
  const viewer = await host.view();
  await viewer.until(/back/);
  viewer.type('hello\n');
  await viewer.rest();
  assert.match(viewer.text, /hello\r\nhello\r\n/);
});
