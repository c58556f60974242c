/** Session profiles with and without pam_rootok, with and without a password. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { callPam, findCodes, showTrial } from '../../lib/pam-trial.ts';

const UNIX = [
  'auth required pam_unix.so nodelay',
  'account required pam_unix.so',
  'session required pam_unix.so',
];
const ROOTOK = ['auth sufficient pam_rootok.so', ...UNIX];

setUpLeaders();
const ada = makeAccount('ada');

test('rootok-missing: nobody answers, and the session does not start', async () => {
  await showTrial({
    ...{ code: 'rootok-missing', purpose: 'session', broken: UNIX, mended: ROOTOK },
    ...{ user: ada.name, operations: ['authenticate'] },
    shows: ['authenticate PAM_AUTHTOK_ERR', 'authenticate PAM_SUCCESS'],
  });
});

test('rootok-with-password: a wrong password is not even looked at', async () => {
  await showTrial({
    ...{
      code: 'rootok-with-password',
      purpose: 'session-with-password',
      broken: ROOTOK,
      mended: UNIX,
    },
    ...{ user: ada.name, operations: ['authenticate'], answers: ['wrong'] },
    shows: ['authenticate PAM_SUCCESS', 'authenticate PAM_AUTH_ERR'],
  });
});

test('no-password-to-give: without one the modules ask, and nobody answers', async () => {
  makeProfile('trial', UNIX);
  const codes = findCodes('trial', 'session-with-password', { auth_by: 'openid' });
  assert.ok(codes.includes('no-password-to-give'));
  const wish = { profile: 'trial', user: ada.name, operations: ['authenticate'] } as const;
  assert.deepEqual(await callPam(wish), ['authenticate PAM_AUTHTOK_ERR']);
  assert.deepEqual(await callPam({ ...wish, answers: [ada.password] }), [
    'authenticate PAM_SUCCESS',
  ]);
});
