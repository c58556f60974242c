/** A home directory whose file server is gone: every step of a start and of an end has an end, and says what waits. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { SessionId } from '../../src/protocol/ids.ts';
import type { SessionView } from '../../src/protocol/page-gateway.ts';
import { type Account, makeAccount } from '../lib/accounts.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { HungDirectory } from '../lib/hung-directory.ts';
import { Person } from '../lib/person.ts';
import { Product } from '../lib/product.ts';

const STARTS = 7;

let product: Product;
let account: Account;
let ada: Person;
let bob: Person;
let hung: HungDirectory | undefined;

before(async () => {
  account = makeAccount('ada');
  ada = new Person(account);
  bob = new Person(makeAccount('bob'));
  preparePam({ options: ['session-start-timeout-seconds=1'] });
  product = await Product.install();
  await product.start();
  assert.equal(await ada.signIn(), null);
});
after(async () => {
  ada?.leave();
  bob?.leave();
  // What waits for it cannot be killed.
  await hung?.answer();
  await product?.wipe();
});

async function viewOf(id: SessionId): Promise<SessionView> {
  const { sessions } = await ada.client!.home();
  return sessions.find((session) => session.id === id)!;
}

test('starts in a home that hangs are given up in words, and slow nobody else', async () => {
  hung = await HungDirectory.mount(`/home/${account.name}`);
  const ids: SessionId[] = [];
  for (let i = 0; i < STARTS; i++) ids.push((await ada.client!.startTerminal()).id);
  for (const id of ids) {
    await product.logged(new RegExp(`"session-ending".*${id}`));
    const { state, problem } = await viewOf(id);
    assert.equal(state, 'ending', 'its process cannot be killed yet');
    assert.deepEqual(
      [problem?.code, problem?.text],
      ['session-hangs', 'Your home directory does not answer.'],
    );
  }
  assert.equal(await bob.signIn(), null);
  const { terminal } = await bob.client!.startShell();
  assert.equal(await terminal.run('echo $HOME'), '/home/bob\n');
  terminal.ws.terminate();
  await hung.answer();
  hung = undefined;
  for (const id of ids) {
    await product.logged(new RegExp(`"session-failed".*${id}`));
    assert.equal((await viewOf(id)).problem?.code, 'session-hangs');
  }
});
