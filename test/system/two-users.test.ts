/**
 * Sessions of two users that start at the same moment: nothing of one appears in the other, and what starts them stays
 * as it was. PAIRS of them (25).
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { after, before, test } from 'node:test';
import type { Account } from '../lib/accounts.ts';
import { preparePam } from '../lib/fast-pam.ts';
import { PRINT_KEYRING } from '../lib/keyring.ts';
import { makeProfile } from '../lib/leader/machine.ts';
import { makePrivateAccount, Person } from '../lib/person.ts';
import { Product, SERVICES, until, VESTIBULE } from '../lib/product.ts';
import { countKeys } from '../lib/read-machine.ts';

const PAIRS = Number(process.env.PAIRS ?? 25);
const SHELL = '/usr/local/bin/report';
const REPORTS = '/run/reports';
/** What a session can tell of itself, with a key of its own besides. It is the login shell: then it has done its work. */
const REPORT = `#!/bin/sh
exec >"${REPORTS}/$(id -u)" 2>&1
id
umask
cat /proc/self/limits
echo "loginuid $(cat /proc/self/loginuid)"
env | sort
touch "/tmp/of-$(id -u)"
ls /tmp
echo "keyring $(${PRINT_KEYRING})"
while read -r id flags uses left mode uid rest; do echo "key of $uid"; done </proc/keys | sort -u
`;

interface Someone extends Person {
  readonly limit: number;
  readonly mask: string;
}
let product: Product;
let people: readonly Someone[];
/** What each one's session says of itself when it is alone. */
let alone: readonly string[];
const keyrings = new Set<string>();

before(async () => {
  writeFileSync(SHELL, REPORT, { mode: 0o755 });
  mkdirSync(REPORTS, { mode: 0o711 });
  mkdirSync('/var/lib/tmp-inst', { mode: 0 });
  chmodSync('/var/lib/tmp-inst', 0);
  writeFileSync('/etc/security/namespace.conf', '/tmp /var/lib/tmp-inst/ user root\n');
  preparePam({
    session: [
      'session required pam_loginuid.so',
      'session required pam_env.so readenv=1 user_readenv=1',
      'session required pam_umask.so',
      'session required pam_namespace.so',
    ],
    // The keys of the services are counted: an open PAM session has a keyring.
    options: ['auth-pam-sessions-close=1'],
  });
  people = [makePerson('ada', 2001, '0027'), makePerson('grace', 3001, '0077')];
  product = await Product.install();
  await product.start();
  for (const person of people) assert.equal(await person.signIn(), null);
  const [ada, grace] = people as [Someone, Someone];
  alone = [(await report([ada]))[0]!, (await report([grace]))[0]!];
});
after(async () => {
  for (const person of people ?? []) person.leave();
  await product?.wipe();
});

/** With limits, umask and environment of their own. */
function makePerson(name: string, limit: number, mask: string): Someone {
  const account = makePrivateAccount(name);
  const { uid } = account;
  execFileSync('usermod', ['--shell', SHELL, '--comment', `${name},,,,umask=${mask}`, name]);
  const limits = ['nofile', 'nproc', 'memlock'].map((item) => `${name} - ${item} ${limit}\n`);
  writeFileSync(`/etc/security/limits.d/${name}.conf`, limits.join(''));
  const own = `/home/${name}/.pam_environment`;
  writeFileSync(own, `SECRET=only-${name}\n`);
  chownSync(own, uid, uid);
  writeFileSync(`${REPORTS}/${uid}`, '');
  chownSync(`${REPORTS}/${uid}`, uid, uid);
  return Object.assign(new Person(account), { limit, mask });
}

/** Starts a session of each at the same moment; what they say of themselves, without what no two sessions share. */
async function report(whose: readonly Someone[]): Promise<string[]> {
  const from = product.log.length;
  const started = await Promise.all(whose.map(({ client }) => client!.startTerminal()));
  for (const { id } of started) {
    await product.logged(new RegExp(`"session-(ended|failed|unclean)".*${id}`), from);
  }
  return whose.map(({ account: { uid } }) => {
    const text = readFileSync(`${REPORTS}/${uid}`, 'utf8');
    writeFileSync(`${REPORTS}/${uid}`, '');
    const [, keyring] = /^keyring (\d+)$/m.exec(text) ?? [];
    assert.ok(keyring !== undefined && !keyrings.has(keyring), `wanted a new keyring:\n${text}`);
    keyrings.add(keyring);
    return text.replace(/^keyring .*\n/m, '');
  });
}

/** What a session could change in whoever started it. */
function describeServices(): string {
  return SERVICES.map((service) => {
    const path = `/proc/${product.pidOf(service)}`;
    const status = readFileSync(`${path}/status`, 'utf8').match(
      /^(Umask|Uid|Gid|Groups|Sig(Blk|Ign|Cgt)|Cap\w+|NoNewPrivs):.*$/gm,
    );
    const uid = Number(/^Uid:\t(\d+)/m.exec(status!.join('\n'))![1]);
    const spaces = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'user', 'uts'];
    return [
      service,
      ...status!,
      // A keyring that a service had joined would be its user's; root has those of others too.
      uid === 0 ? '' : `${countKeys({ uid })} keys`,
      readFileSync(`${path}/limits`, 'utf8'),
      readFileSync(`${path}/loginuid`, 'utf8'),
      readFileSync(`${path}/oom_score_adj`, 'utf8'),
      readlinkSync(`${path}/cwd`),
      ...spaces.map((name) => readlinkSync(`${path}/ns/${name}`)),
    ].join('\n');
  }).join('\n\n');
}

/** A session whose profile makes no keyring has the one of rootd. */
function keyringOfRootd({ name }: Account): string {
  makeProfile('no-keyring', [
    'auth sufficient pam_rootok.so',
    'account required pam_unix.so',
    'session required pam_unix.so',
  ]);
  const run = ['run', '--profile', 'no-keyring', name, '--', 'sh', '-c', PRINT_KEYRING];
  return execFileSync(VESTIBULE, run, { encoding: 'utf8' });
}

test('alone each has what its profile and files say, and its own keyring', () => {
  for (const [i, { account, limit, mask }] of people.entries()) {
    const { name, uid } = account;
    const text = alone[i]!;
    assert.match(text, new RegExp(`^uid=${uid}\\(${name}\\) `));
    for (const line of [
      mask,
      `SECRET=only-${name}`,
      `of-${uid}`,
      `loginuid ${uid}`,
      `key of ${uid}`,
    ]) {
      assert.match(text, new RegExp(`^${line}$`, 'm'));
    }
    assert.match(text, new RegExp(`^Max open files +${limit} +${limit} `, 'm'));
    assert.match(text, new RegExp(`^Max processes +${limit} +${limit} `, 'm'));
  }
});

test(`${PAIRS} times at once: each has what it has alone, and nothing of the other`, async () => {
  const [ada, grace] = people as [Someone, Someone];
  const before = [describeServices(), keyringOfRootd(ada.account)];
  const keys = people.map(({ account }) => countKeys(account));
  for (let i = 0; i < PAIRS; i++) {
    // Each is the first to be asked for as often as the other.
    const order = i % 2 === 0 ? [ada, grace] : [grace, ada];
    const reports = await report(order);
    for (const [at, person] of order.entries()) {
      assert.equal(reports[at], alone[people.indexOf(person)]);
      const other = order[1 - at]!;
      const traces = [other.account.name, other.account.uid, other.limit].join('|');
      assert.doesNotMatch(reports[at]!, new RegExp(`\\b(${traces})\\b`));
    }
  }
  assert.deepEqual([describeServices(), keyringOfRootd(ada.account)], before);
  assert.equal(keyrings.size, 2 * PAIRS + 2);
  const left = () => people.map(({ account }) => countKeys(account));
  await until(() => left().join() === keys.join(), `no key is left: ${keys}, came ${left()}`);
});
