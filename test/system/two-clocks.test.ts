/** Gateway and broker with different clocks, as on two machines: people sign in and work all the same. */
import assert from 'node:assert/strict';
import { globSync, renameSync, writeFileSync } from 'node:fs';
import { afterEach, before, test } from 'node:test';
import type { Account } from '../lib/accounts.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { unpackPackages } from '../lib/packages.ts';
import { judge, makeClient, makePrivateAccount, signInAs } from '../lib/person.ts';
import { INSTALLED, Product } from '../lib/product.ts';

const NODE = `${INSTALLED}/bin/node`;
let product: Product;
let account: Account;
let library: string;

before(async () => {
  unpackPackages();
  [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1') as [string];
  account = makePrivateAccount('ada');
  preparePam();
  product = await Product.install();
  renameSync(NODE, `${NODE}.real`);
});
afterEach(() => product?.wipe());

/** Of the gateway that is started next; its monotonic clock is right. */
function setClock(offset: string): void {
  const script = `#!/bin/sh
case "$*" in *gateway.js*) export LD_PRELOAD=${library} FAKETIME=${offset} DONT_FAKE_MONOTONIC=1 ;; esac
exec ${NODE}.real "$@"
`;
  writeFileSync(NODE, script, { mode: 0o755 });
}

for (const [words, offset, hours] of [
  ['an hour ahead', '+1h', 1],
  ['an hour behind', '-1h', -1],
  ['a year ahead', '+365d', 8760],
  ['a year behind', '-365d', -8760],
] as const) {
  test(`a gateway that is ${words} of the broker`, async () => {
    setClock('+0s');
    await product.start();
    const early = await signInAs(account);
    const { session } = await early.startShell();
    setClock(offset);
    await product.kill('gateway');
    const { headers } = await early.ask('GET', '/');
    const ahead = (Date.parse(headers.date!) - Date.now()) / 3_600_000;
    assert.ok(Math.abs(ahead - hours) < 0.1, `the gateway is ${ahead} h ahead`);

    // Who was signed in still is, with the terminal of before.
    const again = await early.openTerminal(session, await early.enter(session));
    assert.match(await again.run('echo $((6*7))'), /^42/);
    // Others sign in, start, and come back; a wrong password is one.
    const client = await signInAs(account);
    const { terminal: shell } = await client.startShell();
    assert.match(await shell.run('echo $((6*7))'), /^42/);
    assert.equal((await client.home()).sessions.length, 2);
    const guess = makeClient();
    const wrong = guess.signIn(account.name, Buffer.from('wrong'));
    assert.equal(await judge(wrong), 'sign-in-failed');
    // The end of a sign-in reaches it.
    await early.signOut();
    assert.equal(await judge(early.home()), 'not-signed-in');
    assert.equal(await judge(client.home()), null);
  });
}
