/** pam_sss in account, for accounts that sssd does not have. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { type Service, startLdap, startSssd } from '../../lib/directory.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { unpackPackages } from '../../lib/packages.ts';
import { callPam, showTrial, type Trial } from '../../lib/pam-trial.ts';

setUpLeaders();
makeAccount('ada');
const services: Service[] = [];
before(() => unpackPackages());
after(async () => {
  for (const service of services.reverse()) await service.stop();
});

const UNIX = 'account required pam_unix.so';
const SSS = 'account required pam_sss.so';
const REST = ['auth sufficient pam_rootok.so', 'session required pam_permit.so'];
const broken = [...REST, UNIX, SSS];
const account = { code: 'sssd-account', purpose: 'session', operations: ['acct_mgmt'] } as const;
const YES = 'acct_mgmt PAM_SUCCESS';

test('sssd-account: sssd does not run, and nobody passes', async () => {
  const mended = [...REST, UNIX, 'account sufficient pam_rootok.so', SSS];
  const shows = ['acct_mgmt PAM_USER_UNKNOWN', YES] as const;
  await showTrial({ ...account, user: 'ada', facts: { sssd: false }, broken, mended, shows });
});

test('sssd-account: a local account, which sssd does not know, does not pass', async () => {
  const carol = { names: ['carol'], uid: 62_001, password: 'pw-carol-Zx9' };
  services.push(await startLdap([carol]), await startSssd());
  const trial: Omit<Trial, 'mended'> = {
    ...{ ...account, user: 'ada', facts: { sssd: true }, broken },
    shows: ['acct_mgmt PAM_USER_UNKNOWN', YES],
  };
  await showTrial({ ...trial, mended: [...REST, UNIX, 'account sufficient pam_rootok.so', SSS] });
  await showTrial({
    ...trial,
    mended: [...REST, UNIX, 'account sufficient pam_localuser.so', SSS],
  });
  const ignoring = 'account [default=bad success=ok user_unknown=ignore] pam_sss.so';
  await showTrial({ ...trial, mended: [...REST, UNIX, ignoring] });
  // Those of the directory pass with any of them.
  makeProfile('trial', broken);
  const wish = { profile: 'trial', user: 'carol', operations: ['acct_mgmt'] } as const;
  assert.deepEqual(await callPam(wish), [YES]);
});
