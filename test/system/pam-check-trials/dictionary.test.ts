/** pam_pwquality without cracklib's dictionary. */
import { execFileSync } from 'node:child_process';
import { before, test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { unpackPackages } from '../../lib/packages.ts';
import { showTrial } from '../../lib/pam-trial.ts';

setUpLeaders();
before(() => unpackPackages());

test('dictionary-missing: an expired password cannot be changed', async () => {
  const { name, password } = makeAccount('ada');
  execFileSync('chage', ['-d', '0', name]);
  const fresh = 'Xk3-vqpz-9Lw-zzQ';
  const unix = ['auth', 'account'].map((type) => `${type} required pam_unix.so`);
  const change = 'password required pam_unix.so use_authtok';
  await showTrial({
    ...{ code: 'dictionary-missing', purpose: 'login', user: name },
    broken: [...unix, 'password requisite pam_pwquality.so retry=1', change],
    mended: [...unix, 'password requisite pam_pwquality.so retry=1 dictcheck=0', change],
    operations: ['authenticate', 'acct_mgmt', 'chauthtok'],
    answers: [password, password, fresh, fresh],
    shows: ['chauthtok PAM_AUTHTOK_ERR', 'chauthtok PAM_SUCCESS'],
  });
});
