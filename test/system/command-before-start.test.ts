/** bin/vestibule of a clone on a machine where nothing was ever started: it checks, and says what it lacks. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { clearMachine, describeMachine, runProgram } from '../lib/setup.ts';

before(clearMachine);

const vestibule = (...args: string[]) => runProgram(['bin/vestibule', ...args]);

test('config check and pam check find what is wrong, before a first start and without a trace', async () => {
  const machine = describeMachine();
  mkdirSync('/etc/vestibule');
  writeFileSync('/etc/vestibule/vestibule.conf', 'www-prot=443\n');
  const config = await vestibule('config', 'check');
  assert.equal(config.status, 1, config.lines.join('\n'));
  assert.match(config.output, /^\/etc\/vestibule\/vestibule\.conf:1: .*did you mean 'www-port'/m);
  const pam = await vestibule('pam', 'check', 'su', '--for', 'login');
  assert.equal(pam.status, 1);
  assert.match(pam.output, /\[rootok-in-login\]/);
  assert.equal((await vestibule('pam', 'check', 'su')).status, 0);
  rmSync('/etc/vestibule', { recursive: true });
  assert.deepEqual(describeMachine(), machine);
});

test('what needs the server says that there is none', async () => {
  const { status, lines } = await vestibule('status');
  assert.equal(status, 3);
  assert.match(
    lines.join('\n'),
    /^vestibule: wanted the server at '.*', got ENOENT; is it running\? \(npm start\)$/,
  );
  const run = await vestibule('run', 'root', '--', 'true');
  assert.equal(run.status, 125);
  assert.match(run.lines.join('\n'), /is the server running/);
});
