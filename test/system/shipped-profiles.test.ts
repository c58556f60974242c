/** The profiles of packaging/pam.d/debian, put in place as an administrator does, with the machine's own modules. */
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { LEADER_STAGES } from '../../src/protocol/broker-leader.ts';
import { makeAccount } from '../lib/accounts.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { runScript, signIn } from '../lib/leader/sessions.ts';

const SHIPPED = 'packaging/pam.d/debian';
setUpLeaders({ configuration: ['auth-pam-sessions-profile=vestibule-session'] });
const ann = makeAccount('shipped-ann');
before(() => {
  for (const name of readdirSync(SHIPPED)) copyFileSync(`${SHIPPED}/${name}`, `/etc/pam.d/${name}`);
  appendFileSync('/etc/environment', 'SHIPPED=here\n');
  writeFileSync('/etc/security/limits.d/shipped.conf', 'shipped-ann hard nofile 777\n');
});

async function failSignIn(password: string) {
  const client = await Client.greet('broker');
  client.authenticate(ann.name);
  await client.takeKey();
  await client.answer(password);
  const { stage } = await client.expect('failed');
  return [LEADER_STAGES[stage], client.texts.join()];
}

test('vestibule: the password lets in, another one and pam_nologin do not', async () => {
  assert.equal((await signIn(ann.name, ann.password)).name, 'authenticated');
  assert.deepEqual(await failSignIn('not the password'), ['authenticate', '']);
  writeFileSync('/etc/nologin', 'Closed until noon.\n');
  const refused = await failSignIn(ann.password);
  rmSync('/etc/nologin');
  assert.equal(refused[0], 'account');
  assert.match(refused[1]!, /Closed until noon\./);
});

test('vestibule-session: a session without a question, with pam_env’s environment and pam_limits’ limits', async () => {
  const wish = { user: ann.name, service: 'vestibule-session' };
  const [text, status] = await runScript('echo $SHIPPED $(ulimit -Hn)', wish);
  assert.deepEqual([text, status], ['here 777\n', 0]);
});

test('vestibule-session-password: root is asked too; the password opens, another one does not', async () => {
  for (const [password, comes] of [
    [ann.password, 'opened'],
    ['not the password', 'failed'],
  ] as const) {
    const client = await Client.greet('root');
    client.open({ user: ann.name, service: 'vestibule-session-password' });
    assert.deepEqual(await client.answer(password), ['Password: ']);
    await client.expect(comes);
    if (comes === 'opened') await client.end();
  }
});
