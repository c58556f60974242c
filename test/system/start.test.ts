/** npm start makes what the server needs once, the demo lives as long as the server, npm run uninstall takes all back. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, lstatSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import { COMMAND } from '../../tools/start/link-command.mjs';
import { findProcesses } from '../lib/processes.ts';
import { until } from '../lib/product.ts';
import { startServer } from '../lib/server.ts';
import { clearMachine, describeMachine, runProgram, START, UNINSTALL } from '../lib/setup.ts';

const INSTALLED = '/usr/local/lib/vestibule';
await clearMachine();
const before = describeMachine();

test('the demo is an account that signs in here only, and goes with the server', async () => {
  const server = await startServer('--demo', '--port', '9100');
  assert.deepEqual([server.url, server.user], ['https://127.0.0.1:9100', 'vestibule-demo']);
  assert.match(server.password ?? '', /^[a-z2-9]{16}$/);
  assert.equal(await fetchStatus(server.url), 200);
  const overrides = readFileSync(PATHS.overrides, 'utf8').split('\n').slice(1, -1);
  assert.deepEqual(overrides, ['www-address=127.0.0.1', 'www-port=9100', 'www-session-port=9101']);
  const output = await server.interrupt();
  assert.match(output, /^vestibule stopped$/m);
  assert.ok(!readFileSync('/etc/passwd', 'utf8').includes('vestibule-demo'));
  for (const path of ['/home/vestibule-demo', PATHS.overrides]) assert.ok(!existsSync(path), path);
});

test('the fingerprint that is printed is that of the certificate that is served', async () => {
  const server = await startServer('--demo', '--port', '9100');
  const socket = connect({ port: 9100, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  assert.equal(server.fingerprint, socket.getPeerX509Certificate()?.fingerprint256);
  assert.match(server.fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  socket.destroy();
  await server.interrupt();
});

test('what set-up made is safe to leave on a machine', () => {
  const certificate = new X509Certificate(readFileSync(PATHS.certificate));
  for (const name of ['localhost', 'vestibule-test'])
    assert.equal(certificate.checkHost(name), name);
  for (const ip of ['127.0.0.1', '::1']) assert.equal(certificate.checkIP(ip), ip);
  assert.equal(modeOf(PATHS.certificate), '600');
  assert.equal(modeOf('/var/lib/vestibule/root'), '700');
  const version = `${INSTALLED}/${readlinkSync(`${INSTALLED}/current`)}`;
  const writable = ['find', version, '(', '-not', '-uid', '0', '-o', '-perm', '/022', ')'];
  assert.equal(execFileSync(writable[0]!, writable.slice(1), { encoding: 'utf8' }), '');
  for (const name of ['vestibule', 'vestibule-web'])
    assert.match(
      readFileSync('/etc/passwd', 'utf8'),
      new RegExp(`^${name}:.*:/usr/sbin/nologin$`, 'm'),
    );
});

test('a second start changes nothing and a second server is refused', async () => {
  const facts = () => [
    ...Object.values(describeMachine()),
    readFileSync(PATHS.certificate, 'utf8'),
    readFileSync('/var/lib/vestibule/root/changes.json', 'utf8'),
    readlinkSync(`${INSTALLED}/current`),
    String(lstatSync(`${INSTALLED}/current/bin/node`).mtimeMs),
  ];
  const first = facts();
  const server = await startServer();
  assert.deepEqual(
    [server.url, server.user, server.password],
    ['https://localhost:8787', null, null],
  );
  assert.ok(!/…/.test(server.log()), server.log());
  assert.deepEqual(facts(), first);
  const [supervise] = findProcesses('/bin/vestibule-supervise');
  const { status, lines } = await runProgram([...START, '--port', '9200']);
  assert.deepEqual(
    [status, lines],
    [
      1,
      [
        `vestibule: a server is already running here (pid ${supervise?.pid}): stop it first (kill ${supervise?.pid})`,
      ],
    ],
  );
  await server.interrupt();
});

test('a required group that the machine does not know is told at the start, and by status', async () => {
  writeFileSync(PATHS.configuration, 'auth-required-user-group=domain nobodies\n');
  const told =
    /wanted groups that this machine knows, got 'domain nobodies', so nobody can sign in/;
  const server = await startServer();
  assert.match(server.log(), told);
  const [node, cli] = ['bin/node', 'dist/cli.js'].map((file) => `${INSTALLED}/current/${file}`);
  assert.match(execFileSync(node!, [cli!, 'status'], { encoding: 'utf8' }), told);
  await server.interrupt();
  const check = await runProgram([node!, cli!, 'config', 'check']);
  assert.equal(check.status, 1);
  assert.match(check.output, /^\/etc\/vestibule\/vestibule\.conf:1: error: .*domain nobodies/m);
  rmSync(PATHS.configuration);
});

test('the server has the open-files limit of the shell that called npm, not that of Node', async () => {
  const script = 'ulimit -Sn 1000; npm start --silent -- --json; exit $?';
  const shell = spawn('sh', ['-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  await once(shell.stdout!, 'data');
  const [supervise] = findProcesses('/bin/vestibule-supervise');
  const limits = readFileSync(`/proc/${supervise?.pid}/limits`, 'utf8');
  assert.match(limits, /^Max open files +1000 /m);
  process.kill(-shell.pid!, 'SIGINT');
  await once(shell, 'close');
});

test('who called npm may have gone, to a parent with a higher limit', async () => {
  const start = 'npm start --silent -- --json >/run/probe-start 2>&1 & exit 0';
  execFileSync('prlimit', ['--nofile=4096:4096', 'sh', '-c', start], { stdio: 'ignore' });
  const find = () => findProcesses('/bin/vestibule-supervise');
  await until(() => find().length > 0, 'it runs', 120);
  const { pid } = find()[0]!;
  const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
  assert.match(limits, /^Max open files +4096 +4096 /m);
  process.kill(pid, 'SIGINT');
  await until(() => find().length === 0, 'it has ended', 60);
});

test('an account of that name that somebody else made is left alone', async () => {
  execFileSync('useradd', ['vestibule-demo']);
  const { status, lines } = await runProgram([...START, '--demo']);
  assert.equal(status, 1);
  assert.match(lines.at(-1)!, /account 'vestibule-demo' exists and set-up did not make it/);
  execFileSync('userdel', ['vestibule-demo']);
});

test('the command is in PATH; another program of its name is left alone', async () => {
  await (await startServer()).interrupt();
  assert.notEqual(execFileSync('vestibule', ['config', 'check']).length, 0);
  await runProgram(UNINSTALL);
  assert.ok(!existsSync(COMMAND));
  writeFileSync(COMMAND, '#!/bin/sh\n');
  const server = await startServer();
  assert.match(server.log(), /^\/usr\/local\/bin\/vestibule is another program; ours is /m);
  await server.interrupt();
  await runProgram(UNINSTALL);
  assert.equal(readFileSync(COMMAND, 'utf8'), '#!/bin/sh\n');
  rmSync(COMMAND);
});

test('uninstalling ends the server and leaves nothing', async () => {
  await startServer('--demo');
  const { status, lines } = await runProgram(UNINSTALL);
  assert.equal(status, 0, lines.join('\n'));
  assert.match(lines.join('\n'), /^uninstalled; removed: .*\/var\/log\/vestibule/m);
  assert.deepEqual(describeMachine(), before);
  assert.deepEqual(findProcesses('/bin/vestibule-supervise'), []);
});

test("uninstalling keeps an administrator's configuration and says so", async () => {
  const server = await startServer();
  writeFileSync(PATHS.configuration, 'www-port=8787\n');
  await server.interrupt();
  const { lines } = await runProgram(UNINSTALL);
  assert.ok(existsSync(PATHS.configuration));
  assert.ok(lines.includes('  /etc/vestibule: files that set-up did not make'), lines.join('\n'));
});

function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o7777).toString(8);
}

async function fetchStatus(url: string): Promise<number | undefined> {
  const request = get(url, { rejectUnauthorized: false });
  const [response] = await once(request, 'response');
  response.resume();
  return response.statusCode;
}
