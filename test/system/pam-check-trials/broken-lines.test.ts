/** What libpam makes of lines that it cannot use. */
import assert from 'node:assert/strict';
import { rmSync, symlinkSync } from 'node:fs';
import { test } from 'node:test';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { findCodes, showTrial, type Trial } from '../../lib/pam-trial.ts';

const PERMIT = 'auth required pam_permit.so';
const YES = 'authenticate PAM_SUCCESS';
const NO = 'authenticate PAM_PERM_DENIED';

const deep = (depth: number) => (depth < 20 ? [`auth substack deep-${depth + 1}`] : [PERMIT]);
setUpLeaders({
  profiles: {
    // What is not in a profile must not come from the fallback.
    other: ['auth required pam_permit.so', 'account required pam_permit.so'],
    part: ['auth required pam_env.so'],
    'loop-auth': [PERMIT, 'auth include loop-auth'],
    'loop-all': [PERMIT, '@include loop-all'],
    'loop-sub': [PERMIT, 'auth substack loop-sub'],
    ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`deep-${i + 1}`, deep(i + 1)])),
  },
});

const root = { purpose: 'login', user: 'root', operations: ['authenticate'] } as const;

for (const [code, broken, shows] of [
  ['unknown-type', ['auht required pam_permit.so', PERMIT], NO],
  ['unknown-control', ['auth sufficent pam_permit.so'], NO],
  ['unknown-control', ['auth [sucess=ok] pam_permit.so'], NO],
  ['unknown-control', ['auth [success=0] pam_permit.so'], NO],
  ['no-module', ['auth required', PERMIT], NO],
  ['line-too-long', [`${PERMIT} ${'x'.repeat(1100)}`], NO],
  ['continued-at-end', [`${PERMIT} \\`], 'no start'],
  ['carriage-return', [`${PERMIT}\r`], 'authenticate PAM_MODULE_UNKNOWN'],
  ['include-missing', ['auth include nowhere', PERMIT], NO],
  ['include-missing', ['auth substack nowhere', PERMIT], NO],
  ['include-missing', ['@include nowhere', PERMIT], 'no start'],
  ['include-loop', ['auth include loop-auth'], 'crash'],
  ['include-loop', ['@include loop-all'], 'crash'],
  ['include-loop', ['auth substack loop-sub'], NO],
  ['include-too-deep', ['auth substack deep-1'], NO],
] satisfies [string, string[], string][]) {
  test(`${code}: ${broken[0]?.slice(0, 40)}`, async () => {
    const trial: Trial = { ...root, code, broken, mended: [PERMIT], shows: [shows, YES] };
    await showTrial(trial);
  });
}

test('at-include-unknown: libpam takes any word that is no type for one that fails in auth', async () => {
  // Debian's libpam knows @include; what any libpam does with a type that it does not know is the same.
  const shows = [NO, YES] as const;
  await showTrial({
    ...root,
    code: 'unknown-type',
    broken: ['@inklude part', PERMIT],
    mended: ['@include part', PERMIT],
    shows,
  });
  const facts = { at_include_supported: false };
  makeProfile('trial', ['@include part', PERMIT]);
  assert.ok(findCodes('trial', 'login', facts).includes('at-include-unknown'));
});

test('too-many-rules: libpam fails', async () => {
  makeProfile(
    'many',
    Array.from({ length: 100 }, () => PERMIT),
  );
  const broken = Array.from({ length: 60 }, () => 'auth include many');
  await showTrial({
    ...root,
    code: 'too-many-rules',
    broken,
    mended: [PERMIT],
    shows: ['authenticate PAM_SYSTEM_ERR', YES],
  });
});

test('unreadable: a profile that leads out of the machine’s files', async () => {
  rmSync('/etc/pam.d/fifo', { force: true });
  symlinkSync('/dev/null', '/etc/pam.d/fifo');
  const broken = ['auth include fifo', PERMIT];
  await showTrial({ ...root, code: 'unreadable', broken, mended: [PERMIT], shows: [YES, YES] });
});
