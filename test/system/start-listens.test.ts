/** Where the server listens, and what is printed of it: no port of ours is left to others where a printed name leads. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, isIP } from 'node:net';
import { after, afterEach, beforeEach, type TestContext, test } from 'node:test';
import { NOBODY } from '../lib/accounts.ts';
import { configure } from '../lib/leader/machine.ts';
import { type Server, startServer } from '../lib/server.ts';
import { clearMachine, runProgram } from '../lib/setup.ts';

let server: Server | null = null;
beforeEach(clearMachine);
afterEach(async () => {
  await server?.interrupt();
  server = null;
});
after(clearMachine);

/** A setting of the kernel (sysctl(8)), for this test. */
function setKernel(t: TestContext, path: string, value: string): void {
  const file = `/proc/sys/${path}`;
  const before = readFileSync(file, 'utf8');
  t.after(() => writeFileSync(file, before));
  writeFileSync(file, value);
}

/** A network interface with this address, for this test. */
function addInterface(t: TestContext, name: string, address: string): void {
  execFileSync('ip', ['link', 'add', name, 'type', 'bridge']);
  t.after(() => execFileSync('ip', ['link', 'del', name]));
  execFileSync('ip', ['addr', 'add', address, 'dev', name]);
  execFileSync('ip', ['link', 'set', name, 'up']);
}

/** Whether another user gets to listen there. */
async function isLeftFree(address: string, port: number): Promise<boolean> {
  const script = `require('node:net').createServer().on('error', () => process.exit(1))
    .listen({ host: '${address}', port: ${port}, ipv6Only: true }, () => process.exit(0))`;
  const { status } = await runProgram([...NOBODY, process.execPath, '-e', script]);
  return status === 0;
}

async function answers(address: string, port: number): Promise<boolean> {
  const socket = connect(port, address);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test('localhost is printed where both ports are ours in both families', async () => {
  server = await startServer();
  assert.equal(server.url, 'https://localhost:8787');
  for (const port of [8787, 8788])
    for (const address of ['::1', '127.0.0.1']) {
      assert.equal(await isLeftFree(address, port), false, `${address} ${port}`);
      assert.equal(await answers(address, port), true, `${address} ${port}`);
    }
  for (const address of ['::', '0.0.0.0']) assert.equal(await isLeftFree(address, 8787), false);
});

test('... also where sockets of IPv6 are of IPv6 only by default', async (t) => {
  setKernel(t, 'net/ipv6/bindv6only', '1');
  server = await startServer();
  assert.equal(await isLeftFree('127.0.0.1', 8787), false);
  assert.equal(await answers('127.0.0.1', 8787), true);
});

test('... and where IPv6 is switched off', async (t) => {
  setKernel(t, 'net/ipv6/conf/all/disable_ipv6', '1');
  server = await startServer();
  assert.equal(server.url, 'https://localhost:8787');
  assert.equal(await answers('127.0.0.1', 8787), true);
});

for (const address of ['127.0.0.1', '::1', '0.0.0.0']) {
  test(`with www-address=${address} an address is printed, no name`, async () => {
    configure([`www-address=${address}`]);
    server = await startServer();
    const host = new URL(server.url).hostname.replace(/^\[(.*)\]$/, '$1');
    assert.notEqual(isIP(host), 0, server.url);
    for (const port of [8787, 8788]) {
      assert.equal(await isLeftFree(host, port), false);
      assert.equal(await answers(host, port), true);
    }
  });
}

test('what is printed is what other machines can use, when they can', async (t) => {
  addInterface(t, 'net0', '192.0.2.7/24');
  const child = spawn('npm', ['start', '--silent'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const [text] = await once(child.stdout.setEncoding('utf8'), 'data');
  process.kill(-child.pid!, 'SIGINT');
  await once(child, 'close');
  assert.match(
    text,
    /^\nVestibule is ready: https:\/\/192\.0\.2\.7:8787\n {2}on this machine: https:\/\/localhost:8787\n/,
  );
  server = await startServer();
  assert.equal(server.urlForOthers, 'https://192.0.2.7:8787');
  await server.interrupt();
  server = await startServer('--demo');
  assert.equal(server.urlForOthers, null);
});
