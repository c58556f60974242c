/** Starts and ends at the same time, and processes of other users that look like ours. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { after, beforeEach, test } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { removeOldVersions } from '../../tools/install/remove-old-versions.ts';
import { LOCK } from '../../tools/start/lock.mjs';
import { findProcesses } from '../lib/processes.ts';
import { until } from '../lib/product.ts';
import { startServer } from '../lib/server.ts';
import { clearMachine, describeMachine, runProgram, START, UNINSTALL } from '../lib/setup.ts';

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];
const INSTALLED = '/usr/local/lib/vestibule';
beforeEach(clearMachine);
after(clearMachine);

/** A process of `nobody` whose program is called as `path` says, in a mount namespace of its own. */
async function pretend(path: string): Promise<ChildProcess> {
  const script = `mount -t tmpfs own /usr/local/lib && mkdir -p "$(dirname ${path})" &&
    cp /bin/sleep ${path} && exec ${path} 600`;
  const argv = [...NOBODY, 'unshare', '-Urm', 'sh', '-c', script];
  const child = spawn(argv[0]!, argv.slice(1), { stdio: 'ignore', cwd: '/' });
  await until(() => linkOf(child.pid!) === path, `'${path}' runs`);
  return child;
}

function linkOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test('of first starts at once one serves and the others are refused in words', async () => {
  const starts = ['9100', '9200', '9300'].map(async (port) => {
    try {
      return await startServer('--port', port);
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
  await servers[0]!.interrupt();
});

test('a certificate that has lost its key is made anew', async () => {
  const first = await startServer();
  await first.interrupt();
  const pem = readFileSync(PATHS.certificate, 'utf8');
  const broken = `${pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE'))}`;
  for (const text of [broken, pem.slice(broken.length), '']) {
    await runProgram(['sh', '-c', `cat > ${PATHS.certificate} <<'END'\n${text}\nEND`]);
    const server = await startServer();
    const made = readFileSync(PATHS.certificate);
    assert.ok(new X509Certificate(made).checkPrivateKey(createPrivateKey(made)));
    await server.interrupt();
  }
});

test('a process of another user that is called as ours stops neither start nor uninstall', async () => {
  const before = describeMachine();
  const pretender = await pretend(`${INSTALLED}/x/bin/vestibule-supervise`);
  const server = await startServer('--port', '9100');
  const closed = once(server.child, 'close');
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 0, lines.join('\n'));
  assert.deepEqual(describeMachine(), before);
  assert.equal(pretender.exitCode, null);
  await closed;
  await end(pretender);
});

test('a process of another user that is called as ours keeps no old version', async () => {
  await (await startServer()).interrupt();
  await runProgram(['mkdir', '-p', `${INSTALLED}/old/bin`]);
  const pretender = await pretend(`${INSTALLED}/old/bin/vestibule-leader`);
  removeOldVersions(`${INSTALLED}/${readlinkSync(`${INSTALLED}/current`)}`);
  assert.ok(!existsSync(`${INSTALLED}/old`));
  await end(pretender);
});

test('nobody but root can take the lock', async () => {
  const server = await startServer();
  for (const how of ['-n', '-s']) {
    const { status } = await runProgram([...NOBODY, 'flock', how, LOCK, 'true']);
    assert.notEqual(status, 0);
  }
  assert.equal(
    Number(readFileSync(LOCK, 'utf8')),
    findProcesses('/bin/vestibule-supervise')[0]?.pid,
  );
  await server.interrupt();
});

test('a start while a server still tidies up waits for it', async () => {
  const first = await startServer('--demo');
  const ended = first.interrupt();
  const second = await startServer('--demo');
  await ended;
  assert.ok(readFileSync('/etc/passwd', 'utf8').includes('vestibule-demo'));
  await second.interrupt();
  assert.ok(!readFileSync('/etc/passwd', 'utf8').includes('vestibule-demo'));
});

test('who stands in our directories does not stop uninstall', async () => {
  await (await startServer()).interrupt();
  const argv = [...NOBODY, 'sh', '-c', `cd ${PATHS.run} && exec sleep 600`];
  const child = spawn(argv[0]!, argv.slice(1), { stdio: 'ignore' });
  await until(() => cwdOf(child.pid!) === PATHS.run, 'somebody stands there');
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 0, lines.join('\n'));
  assert.ok(!existsSync(PATHS.run));
  await end(child);
});

test('status names the reason for which a service does not run, and ends with 4', async () => {
  const server = await startServer();
  const pem = readFileSync(PATHS.certificate, 'utf8');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(
    PATHS.certificate,
    `${privateKey.export({ type: 'pkcs8', format: 'pem' })}${pem.slice(pem.indexOf('-----BEGIN CERT'))}`,
  );
  const [supervise] = findProcesses('/bin/vestibule-supervise');
  process.kill(supervise!.pid, 'SIGHUP');
  await until(
    () => readFileSync(PATHS.services, 'utf8').includes('came another key'),
    'it is told',
  );
  const { status, output } = await runProgram(['bin/vestibule', 'status']);
  assert.equal(status, 4, output);
  assert.match(
    output,
    /^trouble: the gateway does not run, it failed .*: the certificate's key: wanted the key .*, came another key/m,
  );
  const check = await runProgram(['bin/vestibule', 'config', 'check']);
  assert.equal(check.status, 1);
  assert.match(
    check.output,
    /certificate\.pem:1: error: wanted the key .*, came another key; start/,
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

function cwdOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

test('a run directory that is mounted but covered is no hindrance', async () => {
  await (await startServer()).interrupt();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=0755', 'cover', '/run']);
  const server = await startServer('--demo', '--port', '9100');
  await server.interrupt();
  await clearMachine();
  execFileSync('umount', ['--lazy', '/run']);
});

test('another mount over the run directory is refused in words', async () => {
  await (await startServer()).interrupt();
  for (const options of ['mode=0777', 'uid=65534', 'mode=0711,ro']) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'cover', PATHS.run]);
    const { status, lines } = await runProgram([...START, '--demo']);
    execFileSync('umount', [PATHS.run]);
    assert.equal(status, 1, options);
    assert.match(lines.at(-1)!, /^vestibule: .*\/run\/vestibule/);
    assert.ok(!lines.some((line) => line.startsWith('    at ')), lines.join('\n'));
  }
  execFileSync('mount', ['--bind', '/srv', PATHS.run]);
  const { lines } = await runProgram([...START, '--demo']);
  execFileSync('umount', [PATHS.run]);
  assert.match(lines.at(-1)!, /wanted a tmpfs that only root can write to, came another mount/);
});
