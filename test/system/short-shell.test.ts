/** A login shell that prints and ends at once: its words and its status are seen. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { preparePam } from '../lib/fast-pam.ts';
import { makePrivateAccount, Person } from '../lib/person.ts';
import { Product } from '../lib/product.ts';

let product: Product;
let ada: Person;

before(async () => {
  ada = new Person(makePrivateAccount('ada'));
  writeFileSync('/home/ada/.bash_profile', 'echo Maintenance until noon.; exit 7\n');
  preparePam();
  product = await Product.install();
  await product.start();
  assert.equal(await ada.signIn(), null);
});
after(async () => {
  ada?.leave();
  await product?.wipe();
});

test('the words of a shell that ends at once are there for who opens it, and its status stays', async () => {
  const { id: session } = await ada.client!.startTerminal();
  const terminal = await ada.client!.openTerminal(session, await ada.client!.enter(session));
  await terminal.until(/Maintenance until noon\./);
  await product.logged(new RegExp(`"session-ended".*${session}`));
  const { sessions } = await ada.client!.home();
  const ended = sessions.find(({ id }) => id === session)!;
  assert.deepEqual([ended.exitStatus, ended.lastWords], [7, 'Maintenance until noon.']);
});

test('what nologin says stays to be read when nobody was there', async () => {
  execFileSync('usermod', ['-s', '/usr/sbin/nologin', 'ada']);
  const { id: session } = await ada.client!.startTerminal();
  await product.logged(new RegExp(`"session-ended".*${session}`));
  const words = 'This account is currently not available.';
  for (const again of [false, true]) {
    if (again) await product.kill('broker');
    const { sessions } = await ada.client!.home();
    const ended = sessions.find(({ id }) => id === session)!;
    assert.deepEqual([ended.exitStatus, ended.lastWords], [1, words]);
  }
  const { status, text } = await ada.client!.ask('GET', `/s/${session}/`);
  assert.equal(status, 410);
  assert.ok(text.includes('has ended with exit status 1.') && text.includes(words), text);
  assert.ok(!product.log.includes(words), 'no log has what a terminal shows');
});

test('who asks for the end of such a session waits for no viewer', async () => {
  const { id } = await ada.client!.startTerminal();
  await product.logged(new RegExp(`"session-running".*${id}`));
  const began = product.log.length;
  await ada.client!.endSession(id);
  await product.logged(new RegExp(`"session-ended".*${id}`), began);
});
