/** pam_mount: where it gets the password, what it counts with, what it leaves for pam_mkhomedir. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { type Account, makeAccount } from '../../lib/accounts.ts';
import { Client } from '../../lib/leader/client.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { unpackPackages } from '../../lib/packages.ts';
import { callPam, findCodes } from '../../lib/pam-trial.ts';

const CONFIGURATION = `<?xml version="1.0" encoding="utf-8" ?>
<pam_mount>
<mkmountpoint enable="1" remove="true" />
<volume user="*" fstype="tmpfs" path="tmpfs" mountpoint="~/ram" options="size=1M,mode=0700" />
</pam_mount>
`;
const UNIX = 'auth required pam_unix.so';
const TAKE = 'auth optional pam_mount.so';
const ACCOUNT = 'account required pam_unix.so';
const MOUNT = 'session required pam_mount.so';
const PERMIT = 'session required pam_permit.so';
const PMVARRUN = '/usr/sbin/pmvarrun';

setUpLeaders();
const ada = makeAccount('ada');
before(() => {
  unpackPackages();
  writeFileSync('/etc/security/pam_mount.conf.xml', CONFIGURATION);
});

const isMounted = (user: string): boolean =>
  readFileSync('/proc/mounts', 'utf8').includes(` /home/${user}/ram `);

for (const [what, lines, found] of [
  ['before the password', [TAKE, UNIX], true],
  [
    'behind a module that ends auth',
    ['auth sufficient pam_unix.so', TAKE, 'auth required pam_deny.so'],
    true,
  ],
  ['not in auth', [UNIX], true],
  ['behind the password', [UNIX, TAKE], false],
] as const) {
  test(`mount-before-password: ${what}: asked ${found ? 'otherwise' : 'once, by pam_unix'}`, async () => {
    makeProfile('trial', [...lines, ACCOUNT, PERMIT, MOUNT]);
    const codes = findCodes('trial', 'session-with-password');
    assert.equal(codes.includes('mount-before-password'), found, codes.join());
    const prompts = await collectPrompts(ada);
    assert.equal(prompts.join() !== 'Password: ', found, prompts.join());
    assert.equal(/pam_mount/.test(prompts.join()), found, prompts.join());
  });
}

/** What is asked until the session is open. */
async function collectPrompts({ name, password }: Account): Promise<readonly string[]> {
  const client = await Client.greet('root');
  client.open({ user: name, service: 'trial' });
  const prompts: string[] = [];
  for (;;) {
    const message = await client.nextQuestion();
    if (message === null) break;
    prompts.push(...message.texts);
    client.reply(message, password);
  }
  await client.end();
  return prompts;
}

test('mount-without-password: it asks, nobody answers; with disable_interactive it does not', async () => {
  const rest = ['auth sufficient pam_rootok.so', ACCOUNT, PERMIT];
  for (const [line, found] of [
    [MOUNT, true],
    [`${MOUNT} disable_interactive`, false],
  ] as const) {
    makeProfile('trial', [...rest, line]);
    assert.equal(findCodes('trial', 'session').includes('mount-without-password'), found);
    assert.equal((await collectPrompts(ada)).length > 0, found);
  }
});

async function openMounted(): Promise<Client> {
  const client = await Client.greet('root');
  client.open({ user: ada.name, service: 'trial' });
  await client.answer(ada.password);
  await client.expect('opened');
  assert.ok(isMounted(ada.name));
  return client;
}

test('mount-without-pmvarrun: the end of one session unmounts under the other', async () => {
  makeProfile('trial', [UNIX, TAKE, ACCOUNT, PERMIT, MOUNT]);
  for (const missing of [false, true]) {
    if (missing) renameSync(PMVARRUN, `${PMVARRUN}.away`);
    const codes = findCodes('trial', 'session-with-password');
    assert.equal(codes.includes('mount-without-pmvarrun'), missing);
    const first = await openMounted();
    await (await openMounted()).end();
    assert.equal(isMounted(ada.name), !missing);
    await first.end();
    assert.ok(!isMounted(ada.name));
  }
  renameSync(`${PMVARRUN}.away`, PMVARRUN);
});

test('home-after-mount: the home directory stays without its files', async () => {
  const home = 'session required pam_mkhomedir.so';
  for (const [lines, found] of [
    [[MOUNT, home], true],
    [[home, MOUNT], false],
  ] as const) {
    makeProfile('trial', [UNIX, TAKE, ACCOUNT, PERMIT, ...lines]);
    const user = found ? 'bea' : 'cy';
    const { password } = makeAccount(user);
    rmSync(`/home/${user}`, { recursive: true });
    const codes = findCodes('trial', 'session-with-password');
    assert.equal(codes.includes('home-after-mount'), found);
    const operations = ['authenticate', 'open_session', 'close_session'] as const;
    await callPam({ profile: 'trial', user, operations, answers: [password] });
    assert.equal(existsSync(`/home/${user}/.profile`), !found);
  }
});
