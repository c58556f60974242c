/** Stacks that nobody passes, or everybody. */
import { before, test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { unpackPackages } from '../../lib/packages.ts';
import { showTrial } from '../../lib/pam-trial.ts';

const UNIX = 'pam_unix.so nodelay';
const DENY = 'auth requisite pam_deny.so';
const PERMIT = 'auth required pam_permit.so';
const ACCOUNT = 'account required pam_unix.so';
const SOUND = [`auth [success=1 default=ignore] ${UNIX}`, DENY, PERMIT, ACCOUNT];

setUpLeaders();
const ada = makeAccount('ada');
before(() => unpackPackages());

/** Without the password these let in. */
for (const [code, broken] of [
  ['rootok-in-login', ['auth sufficient pam_rootok.so', `auth required ${UNIX}`, ACCOUNT]],
  ['nobody-asked', [`auth sufficient ${UNIX}`, 'auth sufficient pam_permit.so', ACCOUNT]],
  ['nobody-asked', [`auth sufficient ${UNIX}`, 'auth optional pam_cap.so', ACCOUNT]],
  ['nobody-asked', ['auth sufficient pam_localuser.so', `auth required ${UNIX}`, ACCOUNT]],
  ['jump-skips-deny', [`auth [default=1] ${UNIX}`, DENY, PERMIT, ACCOUNT]],
] satisfies [string, string[]][]) {
  test(`${code}: ${broken.join(' / ')}`, async () => {
    await showTrial({
      ...{ code, purpose: 'login', broken, mended: SOUND },
      ...{ user: ada.name, operations: ['authenticate'], answers: ['wrong'] },
      shows: ['authenticate PAM_SUCCESS', 'authenticate PAM_AUTH_ERR'],
    });
  });
}

/** With the right password these refuse. */
for (const [code, broken, result] of [
  ['jump-past-end', [`auth [success=2 default=ignore] ${UNIX}`, DENY, ACCOUNT], 'PERM_DENIED'],
  ['nobody-passes', [`auth [success=1 default=ignore] ${UNIX}`, DENY, ACCOUNT], 'PERM_DENIED'],
  ['nobody-passes', [`auth required ${UNIX}`, DENY, ACCOUNT], 'AUTH_ERR'],
] satisfies [string, string[], string][]) {
  test(`${code}: ${broken.join(' / ')}`, async () => {
    await showTrial({
      ...{ code, purpose: 'login', broken, mended: SOUND },
      ...{ user: ada.name, operations: ['authenticate'], answers: [ada.password] },
      shows: [`authenticate PAM_${result}`, 'authenticate PAM_SUCCESS'],
    });
  });
}

test('jump-skips-deny: an expired account passes', async () => {
  const { execFileSync } = await import('node:child_process');
  execFileSync('chage', ['-E', '0', ada.name]);
  const auth = `auth required ${UNIX}`;
  const rest = ['account requisite pam_deny.so', 'account required pam_permit.so'];
  await showTrial({
    ...{ code: 'jump-skips-deny', purpose: 'login' },
    broken: [auth, 'account [default=1] pam_unix.so', ...rest],
    mended: [auth, 'account [success=1 default=ignore] pam_unix.so', ...rest],
    ...{ user: ada.name, operations: ['acct_mgmt'] },
    shows: ['acct_mgmt PAM_SUCCESS', 'acct_mgmt PAM_AUTH_ERR'],
  });
});
