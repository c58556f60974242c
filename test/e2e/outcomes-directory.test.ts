/** What the page says, and what the audit keeps, when accounts come from a directory: its names, and its being away. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PROBLEMS } from '../../src/protocol/problems.ts';
import { makeAccount } from '../lib/accounts.ts';
import {
  DOMAIN,
  type Person,
  type Service,
  startKdc,
  startLdap,
  startSssd,
} from '../lib/directory.ts';
import { assertRefused, assertSignedIn, describeSeen, Outcomes } from '../lib/outcomes.ts';
import { unpackPackages } from '../lib/packages.ts';

const SSS = ['auth required pam_sss.so', 'account required pam_sss.so'];
const KRB5 = ['auth required pam_krb5.so minimum_uid=1000', 'account required pam_krb5.so'];
const UNAVAILABLE = PROBLEMS['sign-in-unavailable'].text;
const WRONG = PROBLEMS['sign-in-failed'].text;

const carol: Person = { names: ['carol', 'caz'], uid: 62_001, password: 'Pw-of-carol 1' };

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
    startLdap([carol]),
    startKdc([kira]),
    Outcomes.start(),
  ]);
  sssd = startSssd();
});
after(() => outcomes?.stop());

const canonical = ({ names, uid }: Person) => ({ name: names[0]!, uid });

describe('while the directory is there', { concurrency: true }, () => {
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

  for (const user of ['kira', 'kira@LAB.TEST']) {
    test(`pam_krb5: '${user}' signs in as kira`, async (t) => {
      const seen = await outcomes.see({ profile: KRB5, user, password: kira.password });
      t.diagnostic(describeSeen(seen));
      assertSignedIn(seen, canonical(kira));
    });
  }
});

describe('while it is away', { concurrency: true }, () => {
  before(() => Promise.all([slapd.stop(), kdc.stop()]));

  test('sssd: who signed in before does so from the cache, and is told', async (t) => {
    const seen = await outcomes.see({ profile: SSS, user: 'carol', password: carol.password });
    t.diagnostic(describeSeen(seen));
    assertSignedIn(seen, canonical(carol));
    assert.match(seen.messages.join('\n'), /Authenticated with cached credentials/);
  });

  test('pam_krb5: unavailable, not a wrong password', async (t) => {
    const wish = { profile: KRB5, user: 'kira', password: kira.password };
    const seen = await outcomes.see(wish);
    t.diagnostic(describeSeen(seen));
    assertRefused(seen, 'sign-in-unavailable', 'kira', UNAVAILABLE);
  });
});

test('sssd itself does not run: unavailable', async (t) => {
  await sssd.stop();
  const seen = await outcomes.see({ profile: SSS, user: 'carol', password: carol.password });
  t.diagnostic(describeSeen(seen));
  assertRefused(seen, 'sign-in-unavailable', 'carol', UNAVAILABLE);
});
