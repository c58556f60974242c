/** The demo's account goes with its server, however that ends, and takes nothing with it that is not its own. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { after, beforeEach, test } from 'node:test';
import { DEMO_USER, DEMO_WATCH } from '../../tools/start/make-demo-account.ts';
import { findProcesses } from '../lib/processes.ts';
import { kill, until } from '../lib/product.ts';
import { type Server, startServer } from '../lib/server.ts';
import { clearMachine, describeMachine, runProgram, START, UNINSTALL } from '../lib/setup.ts';

const HOME = `/home/${DEMO_USER}`;
beforeEach(clearMachine);
after(clearMachine);

const isThere = (): boolean => readFileSync('/etc/passwd', 'utf8').includes(`${DEMO_USER}:`);

async function killServer(server: Server): Promise<void> {
  const closed = once(server.child, 'close');
  kill(findProcesses('/bin/vestibule-supervise')[0]!.pid);
  await closed;
}

test("kill -9 of the server: a process of root's that waits for that removes the account", async () => {
  const before = describeMachine();
  const server = await startServer('--demo');
  assert.ok(isThere());
  await killServer(server);
  await until(() => !isThere() && !existsSync(HOME) && !existsSync(DEMO_WATCH), 'it is gone');
  assert.equal((await runProgram(UNINSTALL)).status, 0);
  assert.deepEqual(describeMachine(), before);
});

test('kill -9 of both: the next start removes it, and it expires', async () => {
  const server = await startServer('--demo');
  const fields = readFileSync('/etc/shadow', 'utf8').match(new RegExp(`^${DEMO_USER}:.*`, 'm'))!;
  const expires = Number(fields[0].split(':')[7]);
  const today = Math.floor(Date.now() / 86_400_000);
  assert.ok(expires - today >= 1 && expires - today <= 2, `expires in ${expires - today} days`);
  kill(Number(readFileSync(DEMO_WATCH, 'utf8')));
  await killServer(server);
  assert.ok(isThere());
  await (await startServer()).interrupt();
  assert.ok(!isThere());
  assert.ok(!existsSync(HOME));
});

test('the demo after one that was killed has an account and a password of its own', async () => {
  const first = await startServer('--demo');
  kill(Number(readFileSync(DEMO_WATCH, 'utf8')));
  await killServer(first);
  const second = await startServer('--demo');
  assert.notEqual(second.password, first.password);
  await second.interrupt();
  assert.ok(!isThere());
});

test('after Ctrl-C nothing waits any more', async () => {
  await (await startServer('--demo')).interrupt();
  assert.deepEqual(findProcesses('/dist/finish.js'), []);
  assert.ok(!existsSync(DEMO_WATCH));
});

test('a home that was moved stays', async () => {
  const server = await startServer('--demo');
  mkdirSync('/srv/moved', { recursive: true });
  execFileSync('usermod', ['--home', '/srv/moved/kept', '--move-home', DEMO_USER]);
  writeFileSync('/srv/moved/kept/file', 'work');
  const output = await server.interrupt();
  assert.match(
    output,
    /home directory of vestibule-demo was moved to '\/srv\/moved\/kept', which is not removed/,
  );
  assert.ok(!isThere());
  assert.equal(readFileSync('/srv/moved/kept/file', 'utf8'), 'work');
  rmSync('/srv/moved', { recursive: true });
});

test('a link in the place of the home stays, and so does what it leads to', async () => {
  const server = await startServer('--demo');
  execFileSync('mv', [HOME, '/srv/behind-link']);
  symlinkSync('/srv/behind-link', HOME);
  assert.match(
    await server.interrupt(),
    /'\/home\/vestibule-demo' is not removed: set-up did not make/,
  );
  assert.ok(existsSync('/srv/behind-link/.bashrc'));
  assert.ok(!isThere());
  for (const path of [HOME, '/srv/behind-link']) rmSync(path, { recursive: true });
});

test('what is mounted in the home stays', async () => {
  const server = await startServer('--demo');
  mkdirSync(`${HOME}/disk`);
  execFileSync('mount', ['-t', 'tmpfs', 'disk', `${HOME}/disk`]);
  writeFileSync(`${HOME}/disk/file`, 'work');
  assert.match(await server.interrupt(), /'\/home\/vestibule-demo' is not completely removed/);
  assert.equal(readFileSync(`${HOME}/disk/file`, 'utf8'), 'work');
  assert.ok(!isThere());
  execFileSync('umount', [`${HOME}/disk`]);
  rmSync(HOME, { recursive: true });
});

test("a directory that is there already is nobody's home", async () => {
  mkdirSync(HOME);
  const { status, lines } = await runProgram([...START, '--demo']);
  assert.equal(status, 1);
  assert.match(
    lines.at(-1)!,
    /^vestibule: '\/home\/vestibule-demo' exists and set-up did not make it/,
  );
  assert.ok(!isThere());
  rmSync(HOME, { recursive: true });
});

test('uninstall leaves a state directory that was moved behind a link', async () => {
  await (await startServer()).interrupt();
  execFileSync('mv', ['/var/lib/vestibule', '/srv/state']);
  symlinkSync('/srv/state', '/var/lib/vestibule');
  assert.equal((await runProgram(UNINSTALL)).status, 0);
  assert.ok(existsSync('/srv/state/root'));
  assert.ok(!existsSync('/var/lib/vestibule'));
  rmSync('/srv/state', { recursive: true });
});
