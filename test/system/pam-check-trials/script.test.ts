/** pam_script: alone enough in auth, and not reached by the user's environment. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { unpackPackages } from '../../lib/packages.ts';
import { callPam, findCodes, showTrial } from '../../lib/pam-trial.ts';

const SCRIPTS = '/usr/share/libpam-script';
setUpLeaders();
const ada = makeAccount('ada');
before(() => {
  unpackPackages();
  writeFileSync(`${SCRIPTS}/pam_script_auth`, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
});

test('script-suffices: any password, and a locked account', async () => {
  execFileSync('usermod', ['-L', ada.name]);
  const rest = ['auth required pam_unix.so nodelay', 'account required pam_unix.so'];
  await showTrial({
    ...{ code: 'script-suffices', purpose: 'login', user: ada.name },
    broken: ['auth sufficient pam_script.so', ...rest],
    mended: ['auth optional pam_script.so', ...rest],
    ...{ operations: ['authenticate'], answers: ['wrong', 'wrong'] },
    shows: ['authenticate PAM_SUCCESS', 'authenticate PAM_AUTH_ERR'],
  });
});

test('readenv-runs-as-root does not warn of it: its scripts get an environment of their own', async () => {
  const script = '#!/bin/sh\nenv >/run/script-environment\n';
  writeFileSync(`${SCRIPTS}/pam_script_ses_open`, script, { mode: 0o755 });
  writeFileSync('/home/ada/.pam_environment', 'MINE=yes\n');
  chownSync('/home/ada/.pam_environment', ada.uid, ada.uid);
  makeProfile('trial', [
    'auth sufficient pam_rootok.so',
    'account required pam_permit.so',
    'session required pam_env.so user_readenv=1',
    'session required pam_script.so',
  ]);
  assert.ok(!findCodes('trial', 'session').includes('readenv-runs-as-root'));
  const wish = { profile: 'trial', user: ada.name, operations: ['open_session'] } as const;
  assert.deepEqual(await callPam(wish), ['open_session PAM_SUCCESS']);
  const environment = readFileSync('/run/script-environment', 'utf8');
  assert.match(environment, /^PAM_USER=ada$/m);
  assert.doesNotMatch(environment, /MINE/);
});
