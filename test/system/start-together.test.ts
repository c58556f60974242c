/** Starts and ends at the same time, and processes of other users that look like ours. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { after, beforeEach, type TestContext, test } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { removeOldVersions } from '../../tools/install/remove-old-versions.ts';
import { LOCK } from '../../tools/start/lock.mjs';
import { NOBODY } from '../lib/accounts.ts';
import { findProcesses, linkOf } from '../lib/processes.ts';
import { until } from '../lib/product.ts';
import { type Server, startServer } from '../lib/server.ts';
import { clearMachine, describeMachine, runProgram, START, UNINSTALL } from '../lib/setup.ts';

const INSTALLED = '/usr/local/lib/vestibule';
beforeEach(clearMachine);
after(clearMachine);

/** For this test; it may end before. */
async function serve(t: TestContext, ...args: readonly string[]): Promise<Server> {
  const server = await startServer(...args);
  t.after(() => server.interrupt());
  return server;
}

/** A process of `nobody`, for this test. */
function spawnAsNobody(t: TestContext, ...argv: readonly string[]): ChildProcess {
  const [program, ...args] = [...NOBODY, ...argv];
  const child = spawn(program!, args, { stdio: 'ignore', cwd: '/' });
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return child;
}

/** One whose program is called as `path` says, in a mount namespace of its own. */
async function pretend(t: TestContext, path: string): Promise<ChildProcess> {
  const script = `mount -t tmpfs own /usr/local/lib && mkdir -p "$(dirname ${path})" &&
    cp /bin/sleep ${path} && exec ${path} 600`;
  const child = spawnAsNobody(t, 'unshare', '-Urm', 'sh', '-c', script);
  await until(() => linkOf(child.pid!, 'exe') === path, `'${path}' runs`);
  return child;
}

/** For this test. */
function mount(t: TestContext, ...args: readonly string[]): void {
  execFileSync('mount', args);
  t.after(() => execFileSync('umount', [args.at(-1)!]));
}

test('of first starts at once one serves and the others are refused in words', async (t) => {
  const starts = ['9100', '9200', '9300'].map(async (port) => {
    try {
      return await serve(t, '--port', port);
    } catch (error) {
      return (error as Error).message;
    }
  });
  const came = await Promise.all(starts);
  const servers = came.filter((one) => typeof one !== 'string');
  assert.equal(servers.length, 1, came.join('\n'));
  for (const words of came.filter((one) => typeof one === 'string')) {
    assert.match(words, /^vestibule: a server is already running here \(pid \d+\): stop it first/m);
    assert.ok(!words.includes('    at '), words);
  }
  const pem = readFileSync(PATHS.certificate);
  assert.ok(new X509Certificate(pem).checkPrivateKey(createPrivateKey(pem)));
});

test('a certificate that has lost its key is made anew', async (t) => {
  const first = await startServer();
  await first.interrupt();
  const pem = readFileSync(PATHS.certificate, 'utf8');
  const broken = `${pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE'))}`;
  for (const text of [broken, pem.slice(broken.length), '']) {
    await runProgram(['sh', '-c', `cat > ${PATHS.certificate} <<'END'\n${text}\nEND`]);
    const server = await serve(t);
    const made = readFileSync(PATHS.certificate);
    assert.ok(new X509Certificate(made).checkPrivateKey(createPrivateKey(made)));
    await server.interrupt();
  }
});

test('a process of another user that is called as ours stops neither start nor uninstall', async (t) => {
  const before = describeMachine();
  const pretender = await pretend(t, `${INSTALLED}/x/bin/vestibule-supervise`);
  const server = await serve(t, '--port', '9100');
  const closed = once(server.child, 'close');
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 0, lines.join('\n'));
  assert.deepEqual(describeMachine(), before);
  assert.equal(pretender.exitCode, null);
  await closed;
});

test('a process of another user that is called as ours keeps no old version', async (t) => {
  await (await startServer()).interrupt();
  await runProgram(['mkdir', '-p', `${INSTALLED}/old/bin`]);
  await pretend(t, `${INSTALLED}/old/bin/vestibule-leader`);
  removeOldVersions(`${INSTALLED}/${readlinkSync(`${INSTALLED}/current`)}`);
  assert.ok(!existsSync(`${INSTALLED}/old`));
});

test('nobody but root can take the lock', async (t) => {
  await serve(t);
  for (const how of ['-n', '-s']) {
    const { status } = await runProgram([...NOBODY, 'flock', how, LOCK, 'true']);
    assert.notEqual(status, 0);
  }
  assert.equal(
    Number(readFileSync(LOCK, 'utf8')),
    findProcesses('/bin/vestibule-supervise')[0]?.pid,
  );
});

test('a start while a server still tidies up waits for it', async (t) => {
  const first = await serve(t, '--demo');
  const ended = first.interrupt();
  const second = await serve(t, '--demo');
  await ended;
  assert.ok(readFileSync('/etc/passwd', 'utf8').includes('vestibule-demo'));
  await second.interrupt();
  assert.ok(!readFileSync('/etc/passwd', 'utf8').includes('vestibule-demo'));
});

test('who stands in our directories does not stop uninstall', async (t) => {
  await (await startServer()).interrupt();
  const child = spawnAsNobody(t, 'sh', '-c', `cd ${PATHS.run} && exec sleep 600`);
  await until(() => linkOf(child.pid!, 'cwd') === PATHS.run, 'somebody stands there');
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 0, lines.join('\n'));
  assert.ok(!existsSync(PATHS.run));
});

test('status names the reason for which a service does not run, and ends with 4', async (t) => {
  const server = await serve(t);
  const pem = readFileSync(PATHS.certificate, 'utf8');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(
    PATHS.certificate,
    `${privateKey.export({ type: 'pkcs8', format: 'pem' })}${pem.slice(pem.indexOf('-----BEGIN CERT'))}`,
  );
  const [supervise] = findProcesses('/bin/vestibule-supervise');
  process.kill(supervise!.pid, 'SIGHUP');
  await until(() => readFileSync(PATHS.services, 'utf8').includes('got another key'), 'it is told');
  const { status, output } = await runProgram(['bin/vestibule', 'status']);
  assert.equal(status, 4, output);
  assert.match(
    output,
    /^trouble: the gateway does not run, it failed .*: the certificate's key: wanted the key .*, got another key/m,
  );
  const check = await runProgram(['bin/vestibule', 'config', 'check']);
  assert.equal(check.status, 1);
  assert.match(
    check.output,
    /certificate\.pem:1: error: wanted the key .*, got another key; start/,
  );
  writeFileSync(PATHS.certificate, pem);
  await until(() => /^gateway\trunning/m.test(readFileSync(PATHS.services, 'utf8')), 'it runs');
  await until(
    () => spawnSync('bin/vestibule', ['status'], { stdio: 'ignore' }).status === 0,
    'all is well',
  );
  await server.interrupt();
  assert.equal((await runProgram(['bin/vestibule', 'status'])).status, 3);
});

test('a run directory that is mounted but covered is no hindrance', async (t) => {
  await (await startServer()).interrupt();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'cover', '/run']);
  t.after(async () => {
    await clearMachine();
    execFileSync('umount', ['--lazy', '/run']);
  });
  const server = await startServer('--demo', '--port', '9100');
  await server.interrupt();
});

for (const [what, args, words] of [
  ['mode=0777', ['-t', 'tmpfs', '-o', 'mode=0777', 'cover'], /\/run\/vestibule/],
  ['uid=65534', ['-t', 'tmpfs', '-o', 'uid=65534', 'cover'], /\/run\/vestibule/],
  ['mode=0711,ro', ['-t', 'tmpfs', '-o', 'mode=0711,ro', 'cover'], /\/run\/vestibule/],
  ['no tmpfs', ['--bind', '/srv'], /wanted a tmpfs that only root can write to, got another mount/],
] as const) {
  test(`another mount over the run directory is refused in words: ${what}`, async (t) => {
    await (await startServer()).interrupt();
    mount(t, ...args, PATHS.run);
    const { status, lines } = await runProgram([...START, '--demo']);
    assert.equal(status, 1, lines.join('\n'));
    assert.match(lines.at(-1)!, /^vestibule: /);
    assert.match(lines.at(-1)!, words);
    assert.ok(!lines.some((line) => line.startsWith('    at ')), lines.join('\n'));
  });
}
