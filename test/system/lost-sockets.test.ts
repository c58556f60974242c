/** Sockets that somebody deleted under /run/vestibule: what runs is found again, said truly, and can be ended. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { PATHS } from '../../src/protocol/broker-leader.ts';
import type { SessionId } from '../../src/protocol/ids.ts';
import type { Account } from '../lib/accounts.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { makePrivateAccount, Person } from '../lib/person.ts';
import { askBroker, Product } from '../lib/product.ts';

const SHELLS = 6;

let product: Product;
let account: Account;
let ada: Person;

before(async () => {
  account = makePrivateAccount('ada');
  ada = new Person(account);
  preparePam();
  product = await Product.install();
  await product.start();
  assert.equal(await ada.signIn(), null);
});
after(async () => {
  ada?.leave();
  await product?.wipe();
});

for (const what of ['their names', 'their directories'] as const) {
  test(`shells whose sockets lost ${what} outlive a restart, are told of truly and can be ended`, async () => {
    const ids: SessionId[] = [];
    for (let i = 0; i < SHELLS; i++) {
      const { id } = await ada.client!.startTerminal();
      await product.logged(new RegExp(`"session-running".*${id}`));
      ids.push(id);
    }
    for (const path of [PATHS.leaders, PATHS.sessions]) {
      if (what === 'their directories') rmSync(path, { recursive: true });
      else for (const name of readdirSync(path)) rmSync(`${path}/${name}`, { recursive: true });
    }
    const { pamSessions } = await askBroker('pam-sessions', {});
    const from = product.log.length;
    await product.stop();
    await product.start();
    for (const id of ids) await product.logged(new RegExp(`"session-stuck".*${id}`), from);
    for (const { id, home } of pamSessions)
      if (!home) await product.logged(new RegExp(`made /run/vestibule/leaders/${id} again`), from);
    assert.doesNotMatch(product.log.slice(from), /"session-(unclean|ended|failed)"/);
    for (const session of ids) {
      const { sessions } = await ada.client!.home();
      const { state, stuck, ended } = sessions.find(({ id }) => id === session)!;
      assert.deepEqual([state, ended], ['stuck', null]);
      assert.match(stuck ?? '', /^It still runs, but /);
      await askBroker('kill-session', { session });
      await product.logged(new RegExp(`"session-ended".*${session}`), from);
    }
  });
}
