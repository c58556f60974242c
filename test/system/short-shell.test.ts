/** A login shell that prints and ends at once: its words and its status are seen. */
import assert from 'node:assert/strict';
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
  assert.equal(sessions.find(({ id }) => id === session)?.exitStatus, 7);
});

test('who asks for the end of such a session waits for no viewer', async () => {
  const { id } = await ada.client!.startTerminal();
  await product.logged(new RegExp(`"session-running".*${id}`));
  const began = product.log.length;
  await ada.client!.endSession(id);
  await product.logged(new RegExp(`"session-ended".*${id}`), began);
});
