/** A file server that is gone: `run` and `pam test` come back, and say what is stuck. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { HungDirectory } from '../lib/hung-directory.ts';
import { makeProfile } from '../lib/leader/machine.ts';
import { Product, VESTIBULE } from '../lib/product.ts';

const HUNG = '/srv/hung';
const BARE = ['auth sufficient pam_rootok.so', 'account required pam_permit.so'];
const HELD = /Its leader, process \d+, waits for a file system or a device that does not answer\./;
let product: Product;
let ada: Account;
let hung: HungDirectory;

before(async () => {
  ada = makeAccount('ada');
  preparePam({ options: ['auth-pam-timeout-seconds=1', 'auth-person-timeout-seconds=1'] });
  makeProfile('bare', [...BARE, 'session required pam_permit.so']);
  makeProfile('reads', [...BARE, `session required pam_env.so envfile=${HUNG}/environment`]);
  makeProfile('executes', [...BARE, `session required pam_exec.so ${HUNG}/script`]);
  mkdirSync(HUNG, { recursive: true });
  product = await Product.install();
  await product.start();
  hung = await HungDirectory.mount(HUNG);
});
after(async () => {
  await hung?.answer();
  await product?.wipe();
});

function start(...args: string[]) {
  const child = spawn(VESTIBULE, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const told = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  const ended = told.then(([[status, signal], out, err]) => ({ status, signal, out, err }));
  return { child, ended };
}

test('PAM that waits in the kernel is given up, and its process named', async () => {
  const { name } = ada;
  const [run, pamTest, script] = await Promise.all([
    start('run', '--profile', 'reads', name, '--', 'true').ended,
    start('pam', 'test', 'reads', name, 'authenticate', 'open_session').ended,
    start('run', '--profile', 'executes', name, '--', 'true').ended,
  ]);
  assert.equal(run.status, 125);
  assert.match(run.err, /wanted a session of 'ada' by profile 'reads' within 11 s, got nothing\./);
  assert.match(run.err, HELD);
  assert.equal(pamTest.status, 1);
  assert.match(pamTest.err, /wanted the result of 'open_session' by profile 'reads' within 11 s/);
  assert.match(pamTest.err, HELD);
  assert.equal(script.status, 125);
  assert.match(script.err, /Process \d+ \(.*\) waits for a file system .* it cannot be ended\./);
});

test('a program that waits in the kernel is left after Ctrl-C, and named', async () => {
  const command = ['sh', '-c', `echo relayed; exec cat ${HUNG}/x`];
  const { child, ended } = start('run', '--profile', 'bare', ada.name, '--', ...command);
  await once(child.stdout, 'readable');
  await hung.catWaits(`${HUNG}/x`);
  child.kill('SIGINT');
  const { status, err } = await ended;
  assert.equal(status, 125);
  assert.match(
    err,
    /wanted the program's end, got none\. Process \d+ \(cat\) waits for a file system/,
  );
});

test('Ctrl-C while PAM waits leaves at once', async () => {
  const { child, ended } = start('pam', 'test', 'reads', ada.name, 'authenticate', 'open_session');
  await once(child.stdout, 'readable');
  child.kill('SIGINT');
  assert.equal((await ended).signal, 'SIGINT');
});
