/** Modules that need something of the machine that is not there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { makeAccount, NOBODY } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { callPam, findCodes, showTrial } from '../../lib/pam-trial.ts';

const SESSION = ['auth sufficient pam_rootok.so', 'account required pam_permit.so'];
const PERMIT = 'session required pam_permit.so';
const open = { purpose: 'session', user: 'ada', operations: ['open_session'] } as const;
const YES = 'open_session PAM_SUCCESS';

setUpLeaders();
makeAccount('ada');

test('systemd-without-bus: logind is known to run, and cannot be reached', async () => {
  // By this directory pam_systemd sees that there is a logind.
  mkdirSync('/run/systemd/seats', { recursive: true });
  await showTrial({
    ...{ ...open, code: 'systemd-without-bus', facts: { dbus: false } },
    broken: [...SESSION, 'session required pam_systemd.so', PERMIT],
    mended: [...SESSION, 'session optional pam_systemd.so', PERMIT],
    shows: ['open_session PAM_SERVICE_ERR', YES],
  });
  rmSync('/run/systemd', { recursive: true });
});

test('loginuid-needs-auditd: without the daemon everybody is refused', async () => {
  await showTrial({
    ...{ ...open, code: 'loginuid-needs-auditd' },
    broken: [...SESSION, 'session required pam_loginuid.so require_auditd', PERMIT],
    mended: [...SESSION, 'session required pam_loginuid.so', PERMIT],
    shows: ['open_session PAM_SESSION_ERR', YES],
  });
});

test('only-optional: each of them fails, and no session opens', async () => {
  const failing = 'session optional pam_deny.so';
  await showTrial({
    ...{ ...open, code: 'only-optional' },
    broken: [...SESSION, failing, failing],
    mended: [...SESSION, failing, PERMIT],
    shows: ['open_session PAM_PERM_DENIED', YES],
  });
});

test('nullok-empty-password: su lets it in, the sign-in here never', async () => {
  makeAccount('eve');
  execFileSync('passwd', ['-d', 'eve'], { stdio: 'ignore' });
  const lines = ['auth sufficient pam_unix.so nodelay nullok', 'auth required pam_deny.so'];
  makeProfile('trial', [...lines, 'account required pam_unix.so']);
  assert.ok(findCodes('trial', 'login').includes('nullok-empty-password'));
  makeProfile('su', [...lines, 'account required pam_unix.so', PERMIT]);
  const [program, ...args] = [...NOBODY, 'su', 'eve', '-c', 'id -un'];
  assert.equal(execFileSync(program!, args, { encoding: 'utf8' }), 'eve\n');
  const sign = { profile: 'trial', user: 'eve', operations: ['authenticate'] } as const;
  assert.deepEqual(await callPam({ ...sign, answers: [''] }), ['authenticate PAM_AUTH_ERR']);
});
