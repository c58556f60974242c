/** libpam reads a profile, and loads a module, whoever may write it. */

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { showTrial } from '../../lib/pam-trial.ts';

const UNIX = ['auth required pam_unix.so nodelay', 'account required pam_unix.so'];
setUpLeaders();
const ada = makeAccount('ada');

const wish = { code: 'file-writable', purpose: 'login', operations: ['authenticate'] } as const;
const shows = ['authenticate PAM_SUCCESS', 'authenticate PAM_AUTHTOK_ERR'] as const;

test('file-writable: who can write an included file signs in as anybody', async () => {
  makeProfile('open', UNIX);
  chmodSync('/etc/pam.d/open', 0o666);
  // With the rights of the one who may write it.
  const script = "printf 'auth required pam_permit.so\\n' >/etc/pam.d/open";
  execFileSync('setpriv', ['--reuid', String(ada.uid), '--clear-groups', 'sh', '-c', script]);
  await showTrial({
    ...wish,
    user: 'root',
    broken: ['auth include open', UNIX[1]!],
    mended: UNIX,
    shows,
  });
});

test('file-writable: who owns a module makes it say yes', async () => {
  mkdirSync('/usr/local/share/modules', { recursive: true, mode: 0o755 });
  const permit = execFileSync('find', ['/usr/lib', '-name', 'pam_permit.so'], { encoding: 'utf8' });
  copyFileSync(permit.trim(), '/usr/local/share/modules/pam_site.so');
  chownSync('/usr/local/share/modules/pam_site.so', ada.uid, ada.uid);
  const broken = ['auth required /usr/local/share/modules/pam_site.so', UNIX[1]!];
  await showTrial({ ...wish, user: 'root', broken, mended: UNIX, shows });
});

test('file-writable: who can write a directory on the way puts another file there', async () => {
  mkdirSync('/usr/local/share/profiles', { mode: 0o777 });
  chmodSync('/usr/local/share/profiles', 0o777);
  writeFileSync('/usr/local/share/profiles/site', 'auth required pam_permit.so\n');
  const broken = ['auth include /usr/local/share/profiles/site', UNIX[1]!];
  await showTrial({ ...wish, user: 'root', broken, mended: UNIX, shows });
});
