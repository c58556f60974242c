/** PAM sessions off and on, for an account of this machine and one of a directory (slapd behind sssd) without a home. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { makeAccount } from '../lib/accounts.ts';
import { type Person, type Service, startLdap, startSssd } from '../lib/directory.ts';
import { Client } from '../lib/leader/client.ts';
import { setUpLeaders } from '../lib/leader/fixture.ts';
import { configure } from '../lib/leader/machine.ts';
import { signIn } from '../lib/leader/sessions.ts';
import { unpackPackages } from '../lib/packages.ts';

const carol: Person = {
  names: ['carol'],
  uid: 62_001,
  password: 'Pw-of-carol 1',
  groups: [
    { name: 'physics', gid: 62_501 },
    { name: 'telescope', gid: 62_502 },
  ],
};
/** What the leader and session-host set; the profile has no module that adds to it. */
const NAMES = [
  ...['HOME', 'LANG', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'],
  ...['XDG_SESSION_CLASS', 'XDG_SESSION_TYPE'],
];

const both = (type: string) => [`${type} sufficient pam_unix.so`, `${type} required pam_sss.so`];
setUpLeaders({
  profiles: {
    vestibule: [...both('auth'), ...both('account')],
    homes: [
      'auth sufficient pam_rootok.so',
      'auth required pam_deny.so',
      ...both('account'),
      'session required pam_unix.so',
      'session optional pam_sss.so',
      'session required pam_mkhomedir.so umask=0077',
    ],
  },
});
const local = makeAccount('off-local', ['off-lab', 'off-store']);
let services: readonly Service[] = [];
before(async () => {
  unpackPackages();
  const slapd = await startLdap([carol]);
  services = [await startSssd(), slapd];
});
after(async () => {
  for (const service of services) await service.stop();
});

interface Seen {
  /** What PAM and the terminal said before the program's own first line. */
  readonly words: string;
  readonly ids: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Signs in, and looks about in a terminal of its own. */
async function look(user: string, password: string, isEnabled: boolean): Promise<Seen> {
  configure(['auth-pam-sessions-profile=homes', `auth-pam-sessions-enabled=${isEnabled ? 1 : 0}`]);
  const { grant } = await signIn(user, password);
  const client = await Client.greet('broker');
  client.open({ user, grant, service: 'homes', pty: true });
  await client.expect('opened');
  const script =
    'read -r go; echo here; id -u; id -g; id -G; pwd; tr "\\0" "\\n" </proc/$$/environ';
  await client.letRootSpawn({ argv: ['/bin/sh', '-c', script] });
  const viewer = await client.view();
  viewer.type('\n');
  await viewer.rest();
  await client.expectClosed();
  const [words = '', rest = ''] = viewer.text.replaceAll('\r', '').split('here\n');
  const [uid = '', gid = '', groups = '', directory = '', ...entries] = rest.trim().split('\n');
  const environment = Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s)));
  const sorted = groups.split(' ').map(Number);
  // Behind the words stands the echo of the key.
  return {
    words: words.trimEnd(),
    ids: [uid, gid, sorted.sort((a, b) => a - b).join()],
    directory,
    environment,
  };
}

function groupIds(...names: readonly string[]): number[] {
  const lines = execFileSync('getent', ['group', ...names], { encoding: 'utf8' }).trim();
  return lines.split('\n').map((line) => Number(line.split(':')[2]));
}

function expectedIds(uid: number, gid: number, groups: readonly number[]): string[] {
  return [`${uid}`, `${gid}`, [gid, ...groups].sort((a, b) => a - b).join()];
}

const missing = (home: string) =>
  `Home directory ${home} does not exist; PAM sessions are off, so pam_mkhomedir did not run`;

test('off, an account of this machine: its ids, all its groups, a clean environment', async () => {
  const [gid = 0, ...groups] = groupIds(local.name, 'off-lab', 'off-store');
  const seen = await look(local.name, local.password, false);
  assert.deepEqual(seen.ids, expectedIds(local.uid, gid, groups));
  assert.equal(seen.words, '');
  assert.equal(seen.directory, `/home/${local.name}`);
  assert.deepEqual(Object.keys(seen.environment).sort(), NAMES);
});

test('off, a directory’s account without a home is told so; the directory’s groups are there', async () => {
  const home = '/home/carol';
  const seen = await look('carol', carol.password, false);
  assert.deepEqual(seen.ids, expectedIds(carol.uid, carol.uid, [62_501, 62_502]));
  assert.equal(seen.words, missing(home));
  assert.equal(seen.directory, '/');
  assert.deepEqual(Object.keys(seen.environment).sort(), NAMES);
  assert.equal(seen.environment.HOME, home);
  assert.equal(seen.environment.USER, 'carol');
  assert.equal(existsSync(home), false);
});

test('on, pam_mkhomedir makes that home, and the terminal has only PAM’s own words', async () => {
  const home = '/home/carol';
  rmSync(home, { recursive: true, force: true });
  const seen = await look('carol', carol.password, true);
  assert.deepEqual(seen.ids, expectedIds(carol.uid, carol.uid, [62_501, 62_502]));
  assert.equal(seen.words, `Creating directory '${home}'.`);
  assert.equal(seen.directory, home);
  const { uid, gid, mode } = statSync(home);
  assert.deepEqual([uid, gid, mode & 0o777], [carol.uid, carol.uid, 0o700]);
  assert.deepEqual(readdirSync(home).sort(), readdirSync('/etc/skel').sort());
});
