/**
 * What a user does on a fresh machine, in the root that tools/try-fresh.sh makes: start the demo, look at it, stop it,
 * start it again, uninstall. Plain Node, because at first nothing else is installed.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { createInterface } from 'node:readline';

const PORT = '18787';
const packages = () =>
  execFileSync('dpkg-query', ['-W', '-f', '$' + '{Package}\n'], { encoding: 'utf8' });
const accounts = () => readFileSync('/etc/passwd', 'utf8');

async function start() {
  const began = performance.now();
  const child = spawn('npm', ['start', '--silent', '--', '--demo', '--json', '--port', PORT], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const lines = [];
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await Promise.race([once(reader, 'line'), once(child, 'exit')]);
  assert.equal(lines.length, 1, 'one line on stdout');
  console.log(`ready after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return { ready: JSON.parse(lines[0]), child };
}

async function stop({ child }) {
  process.kill(-child.pid, 'SIGINT');
  const [status] = await once(child, 'exit');
  assert.equal(status, 0);
  assert.ok(!accounts().includes('vestibule-demo'), 'the demo account is gone');
}

async function fetchStatus(url) {
  const [response] = await once(
    get(url, {
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(10_000),
    }),
    'response',
  );
  response.resume();
  return response.statusCode;
}

const before = { packages: packages(), accounts: accounts() };
const first = await start();
assert.match(accounts(), new RegExp(`^${first.ready.user}:`, 'm'));
assert.equal(await fetchStatus(first.ready.url), 200);
execFileSync('npx', ['vestibule', 'status'], { stdio: 'inherit' });
await stop(first);
await stop(await start());
execFileSync('npm', ['run', 'uninstall', '--silent', '--', '--force', '--packages'], {
  stdio: 'inherit',
});
assert.deepEqual({ packages: packages(), accounts: accounts() }, before, 'as it was before');
console.log('fresh machine: everything works');
