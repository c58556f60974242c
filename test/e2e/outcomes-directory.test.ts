/** What the page says, and what the audit keeps, when accounts come from a directory: its names, and its being away. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import { makeAccount } from '../lib/accounts.ts';
import {
  DOMAIN,
  type Person,
  type Service,
  startKdc,
  startLdap,
  startNslcd,
  startSssd,
} from '../lib/directory.ts';
import {
  assertRefused,
  assertSignedIn,
  describeSeen,
  Outcomes,
  SIDE_BY_SIDE,
} from '../lib/outcomes.ts';
import { unpackPackages } from '../lib/packages.ts';

const SSS = ['auth required pam_sss.so', 'account required pam_sss.so'];
const LDAP = ['auth required pam_ldap.so', 'account required pam_ldap.so'];
/** As pam-auth-update has it, but for two codes that must not become "authentication failure". */
const DEBIAN_SSS = [
  'auth [success=2 default=ignore] pam_unix.so',
  'auth [success=1 authinfo_unavail=die perm_denied=die default=ignore] pam_sss.so use_first_pass',
  'auth requisite pam_deny.so',
  'auth required pam_permit.so',
  'account required pam_sss.so',
];
const KRB5 = ['auth required pam_krb5.so minimum_uid=1000', 'account required pam_krb5.so'];
const UNAVAILABLE = PROBLEMS['sign-in-unavailable'].text;
const WRONG = PROBLEMS['sign-in-failed'].text;

const carol: Person = { names: ['carol', 'caz'], uid: 62_001, password: 'Pw-of-carol 1' };
/** Looked up before the directory goes away, but not signed in. */
const dave: Person = { names: ['dave'], uid: 62_002, password: 'Pw-of-dave 1' };
/** Nobody has ever asked for him. */
const evan: Person = { names: ['evan'], uid: 62_003, password: 'Pw-of-evan 1' };

let outcomes: Outcomes;
let slapd: Service;
let sssd: Service;
let kdc: Service;
let kira: Person;
before(async () => {
  unpackPackages();
  const { name, uid } = makeAccount('kira');
  kira = { names: [name], uid, password: 'Pw-of-kira 1' };
  [slapd, kdc, outcomes] = await Promise.all([
    startLdap([carol, dave, evan]),
    startKdc([kira]),
    Outcomes.start(),
  ]);
  sssd = await startSssd();
  await startNslcd();
});
after(() => outcomes?.stop());

const canonical = ({ names, uid }: Person) => ({ name: names[0]!, uid });

describe('while the directory is there', { concurrency: SIDE_BY_SIDE }, () => {
  const spellings = ['carol', 'CAROL', 'caz', `carol@${DOMAIN}`, `${DOMAIN.toUpperCase()}\\Carol`];
  for (const user of spellings) {
    test(`sssd: '${user}' signs in as carol`, async (t) => {
      const seen = await outcomes.see({ profile: SSS, user, password: carol.password });
      t.diagnostic(describeSeen(seen));
      assertSignedIn(seen, canonical(carol));
    });
  }

  test('sssd: a wrong password', async (t) => {
    const wish = { profile: SSS, user: 'carol', password: 'not the password' };
    const seen = await outcomes.see(wish);
    t.diagnostic(describeSeen(seen));
    assertRefused(seen, 'sign-in-failed', 'carol', WRONG);
  });

  for (const [what, profile] of [
    ['sssd behind pam_unix', DEBIAN_SSS],
    ['pam_ldap', LDAP],
  ] as const) {
    test(`${what}: in and out`, async (t) => {
      const seen = await outcomes.see({ profile, user: 'carol', password: carol.password });
      t.diagnostic(describeSeen(seen));
      assertSignedIn(seen, canonical(carol));
      for (const user of ['carol', 'dave', 'nobody-there']) {
        const wrong = await outcomes.see({ profile, user, password: 'not the password' });
        t.diagnostic(describeSeen(wrong));
        assertRefused(wrong, 'sign-in-failed', user, WRONG);
      }
    });
  }

  for (const user of ['kira', 'kira@LAB.TEST']) {
    test(`pam_krb5: '${user}' signs in as kira`, async (t) => {
      const seen = await outcomes.see({ profile: KRB5, user, password: kira.password });
      t.diagnostic(describeSeen(seen));
      assertSignedIn(seen, canonical(kira));
    });
  }
});

describe('while it is away', { concurrency: SIDE_BY_SIDE }, () => {
  before(() => Promise.all([slapd.stop(), kdc.stop()]));

  test('sssd: who signed in before does so from the cache, and is told', async (t) => {
    const seen = await outcomes.see({ profile: SSS, user: 'carol', password: carol.password });
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, canonical(carol));
    assert.match(seen.messages.join('\n'), /Authenticated with cached credentials/);
  });

  test('sssd: whom it has never met it calls unknown, as it does everybody else', async (t) => {
    for (const user of ['evan', 'nobody-there']) {
      const seen = await outcomes.see({ profile: SSS, user, password: evan.password });
      t.diagnostic(describeSeen(seen));
      assertRefused(seen, 'sign-in-failed', user, WRONG);
      assert.match(seen.row.detail, /User not known to the underlying authentication module/);
      // getent(1): 2 is "not found"; "the service did not answer" would be another.
      assert.equal(spawnSync('getent', ['passwd', user]).status, 2);
    }
  });

  test('pam_ldap: unavailable, whoever it is', async (t) => {
    for (const user of ['carol', 'evan', 'nobody-there']) {
      const seen = await outcomes.see({ profile: LDAP, user, password: carol.password });
      t.diagnostic(describeSeen(seen));
      assertRefused(seen, 'sign-in-unavailable', user, UNAVAILABLE);
    }
  });

  test('pam_krb5: unavailable, not a wrong password', async (t) => {
    const wish = { profile: KRB5, user: 'kira', password: kira.password };
    const seen = await outcomes.see(wish);
    t.diagnostic(describeSeen(seen));
    assertRefused(seen, 'sign-in-unavailable', 'kira', UNAVAILABLE);
  });
});

// One after the other: the broker reads the profile once more when PAM has refused.
describe('while it is away, and who was looked up has no password in the cache', () => {
  for (const [what, profile] of [
    ['sssd', SSS],
    ['sssd behind pam_unix', DEBIAN_SSS],
  ] as const) {
    test(`${what}: unavailable`, async (t) => {
      const seen = await outcomes.see({ profile, user: 'dave', password: dave.password });
      t.diagnostic(describeSeen(seen));
      assertRefused(seen, 'sign-in-unavailable', 'dave', UNAVAILABLE);
      const wrong = await outcomes.see({ profile, user: 'carol', password: 'not the password' });
      assertRefused(wrong, 'sign-in-failed', 'carol', WRONG);
    });
  }
});

test('sssd itself does not run: unavailable', async (t) => {
  await sssd.stop();
  const seen = await outcomes.see({ profile: SSS, user: 'carol', password: carol.password });
  t.diagnostic(describeSeen(seen));
  assertRefused(seen, 'sign-in-unavailable', 'carol', UNAVAILABLE);
});
