/** Where npm start cannot go on it says why in one line, and has changed nothing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import {
  clearMachine,
  describeMachine,
  type Ended,
  runProgram,
  START,
  UNINSTALL,
} from '../lib/setup.ts';

let before: Record<string, string>;
beforeEach(async () => {
  await clearMachine();
  before = describeMachine();
});
afterEach(() => assert.deepEqual(describeMachine(), before));

function assertRefused({ status, output, lines }: Ended, pattern: RegExp): void {
  assert.equal(status, 1);
  assert.equal(output, '');
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0]!, pattern);
}

for (const [args, pattern] of [
  [['--dmeo'], /^vestibule: Unknown option '--dmeo'; usage: npm start -- \[--demo\]/],
  [['demo'], /^vestibule: Unexpected argument 'demo'.*; usage: npm start/],
  [['--port'], /^vestibule: .*--port.*; usage: npm start/],
  [['--port', '0'], /^vestibule: --port wanted a number from 1 to 65534, got '0'/],
  [['--port', '65535'], /got '65535'/],
  [['--port', '80a'], /got '80a'/],
] as const) {
  test(`flags ${args.join(' ')} are refused`, async () => {
    assertRefused(await runProgram([...START, ...args]), pattern);
  });
}

test('--help says what there is, and does nothing', async () => {
  for (const args of [['--help'], ['--demo', '--help']]) {
    const { status, output, lines } = await runProgram([...START, ...args]);
    assert.deepEqual([status, lines], [0, []]);
    assert.match(output, /^npm start -- \[--demo\] .*\n\n/);
    for (const flag of ['--demo', '--port N', '--json', '--help'])
      assert.ok(output.includes(`\n  ${flag}`), flag);
  }
});

test('uninstall --help says what there is, and does nothing', async () => {
  const { status, output, lines } = await runProgram([...UNINSTALL, '--help']);
  assert.deepEqual([status, lines], [0, []]);
  for (const flag of ['--force', '--packages', '--help'])
    assert.ok(output.includes(`\n  ${flag}`), flag);
});

test('what the machine refuses is one line, too', async () => {
  mkdirSync('/etc/vestibule/vestibule.conf', { recursive: true });
  const ended = await runProgram(START);
  rmSync('/etc/vestibule', { recursive: true });
  assert.equal(ended.status, 1);
  assert.ok(!ended.lines.some((line) => line.startsWith('    at ')), ended.lines.join('\n'));
});

test('a full disk is named, and half a file is not left there', async () => {
  const state = '/var/lib/vestibule';
  mkdirSync(state);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', state]);
  try {
    execFileSync('sh', ['-c', `cat /dev/zero >${state}/fill 2>&1 || true`], { stdio: 'ignore' });
    const { status, output, lines } = await runProgram(START);
    assert.deepEqual([status, output], [1, '']);
    assert.match(
      lines.at(-1)!,
      /^vestibule: wanted to write '\/var\/lib\/vestibule\/root\/changes\.json', got ENOSPC: .*; make room on that disk$/,
    );
    assert.deepEqual(readdirSync(`${state}/root`), []);
  } finally {
    execFileSync('umount', [state]);
    rmSync(state, { recursive: true });
    // Made before there was no room to write down that it was.
    rmSync('/etc/vestibule', { recursive: true, force: true });
  }
});

test('a flag that npm took for itself is not lost in silence', async () => {
  const ended = await runProgram(START, { npm_config_demo: 'true' });
  assertRefused(ended, /npm took --demo as an option of its own; write flags after '--'/);
});

test('another user than root is refused, at the start and at the end', async () => {
  // Keeps root's right to read the clone, which may lie where only root may enter.
  const right = '+dac_read_search';
  const asUser = ['setpriv', '--reuid=1234', '--clear-groups', '--regid=1234'];
  asUser.push(`--inh-caps=${right}`, `--ambient-caps=${right}`, '--');
  for (const program of [START, UNINSTALL]) {
    assertRefused(await runProgram([...asUser, ...program]), /wanted to run as root, got uid 1234/);
  }
});

test('a machine without apt is refused', async () => {
  const node = process.execPath;
  const ended = await runProgram([node, 'tools/start/first.mjs'], { PATH: '/nowhere' });
  assertRefused(ended, /wanted Debian or a derived distribution, got one without 'apt-get'/);
});

test('a taken port is refused, the second one too, and its owner is named', async () => {
  const server = createServer().listen(9001, '127.0.0.1');
  await once(server, 'listening');
  for (const port of ['9001', '9000']) {
    const ended = await runProgram([...START, '--demo', '--port', port]);
    assertRefused(ended, new RegExp(`port 9001 .* is used by '.*' \\(pid ${process.pid}\\)`));
  }
  server.close();
  await once(server, 'close');
});

test('a port of the configuration that is taken is refused', async () => {
  const server = createServer().listen(9003, '127.0.0.1');
  await once(server, 'listening');
  mkdirSync('/etc/vestibule');
  writeFileSync('/etc/vestibule/vestibule.conf', 'www-address=127.0.0.1\nwww-session-port=9003\n');
  assertRefused(await runProgram(START), /port 9003 of 127\.0\.0\.1 is used/);
  rmSync('/etc/vestibule', { recursive: true });
  server.close();
  await once(server, 'close');
});

test('a machine on which PAM would let nobody in is refused', async () => {
  const other = readFileSync('/etc/pam.d/other');
  writeFileSync('/etc/pam.d/other', 'auth required pam_deny.so\naccount required pam_deny.so\n');
  const ended = await runProgram(START);
  writeFileSync('/etc/pam.d/other', other);
  assertRefused(ended, /the server cannot start: .*\/etc\/pam\.d\/other:1: error: /);
});

test('a login profile that would let everybody in is refused, with file and line', async () => {
  const profile = '/etc/pam.d/vestibule';
  writeFileSync(profile, '# sign-in\nauth sufficient pam_rootok.so\n@include common-account\n');
  const ended = await runProgram(START);
  rmSync(profile);
  assertRefused(
    ended,
    /\/etc\/pam\.d\/vestibule:2: error: .*pam_rootok\.so, which lets everyone in/,
  );
});

test('every problem of the configuration is told before anything is built', async () => {
  mkdirSync('/etc/vestibule');
  writeFileSync('/etc/vestibule/vestibule.conf', 'www-port=none\nauth-pam-profile=../x\n');
  const { status, lines } = await runProgram(START);
  rmSync('/etc/vestibule', { recursive: true });
  assert.equal(status, 1);
  assert.match(lines.join('\n'), /vestibule\.conf:1: .*\n.*vestibule\.conf:2: /);
});
