/** Modules that are not there, or not for where they stand; and what the table of known modules says of real ones. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { before, test } from 'node:test';
import { knownModules } from '../../../src/config/pam-profile/known-modules.ts';
import { makeAccount } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { unpackPackages } from '../../lib/packages.ts';
import { callPam, showTrial } from '../../lib/pam-trial.ts';

const PERMIT = 'auth required pam_permit.so';
const SESSION = ['auth sufficient pam_rootok.so', 'account required pam_permit.so'];
const YES = 'authenticate PAM_SUCCESS';
const UNKNOWN = 'PAM_MODULE_UNKNOWN';
const MODULES = execFileSync('find', ['/usr/lib', '-name', 'pam_unix.so'], { encoding: 'utf8' })
  .trim()
  .replace('/pam_unix.so', '');

setUpLeaders();
makeAccount('ada');
before(() => unpackPackages());

const auth = { purpose: 'login', user: 'ada', operations: ['authenticate'] } as const;
const session = { purpose: 'session', user: 'ada', operations: ['open_session'] } as const;

for (const gone of ['auth required pam_tally2.so', '-auth required pam_tally2.so']) {
  test(`module-missing: ${gone}`, async () => {
    const [broken, mended] = [[gone, PERMIT], [PERMIT]];
    const shows = [`authenticate ${UNKNOWN}`, YES] as const;
    await showTrial({ ...auth, code: 'module-missing', broken, mended, shows });
  });
}

test('module-missing: an optional one fails without anybody noticing', async () => {
  const optional = 'auth optional pam_tally2.so';
  const [broken, mended] = [
    [optional, PERMIT],
    [`-${optional}`, PERMIT],
  ];
  await showTrial({ ...auth, code: 'module-missing', broken, mended, shows: [YES, YES] });
});

test('wrong-type: pam_group has no session', async () => {
  const permit = 'session required pam_permit.so';
  await showTrial({
    ...{ ...session, code: 'wrong-type' },
    broken: [...SESSION, 'session required pam_group.so', permit],
    mended: [...SESSION, permit],
    shows: [`open_session ${UNKNOWN}`, 'open_session PAM_SUCCESS'],
  });
});

const FUNCTIONS = {
  auth: 'authenticate',
  account: 'acct_mgmt',
  password: 'chauthtok',
  session: 'open_session',
};

test('wrong-type: each known module that is here has the functions of its types', () => {
  const here = readdirSync(MODULES).filter((name) => knownModules().has(name));
  assert.ok(here.length > 40);
  for (const name of here) {
    const path = `${MODULES}/${name}`;
    const symbols = execFileSync('nm', ['-D', '--defined-only', path], { encoding: 'utf8' });
    for (const [facility, wanted] of Object.entries(FUNCTIONS)) {
      const said = knownModules()
        .get(name)!
        .facilities.includes(facility as 'auth');
      const has = symbols.includes(`pam_sm_${wanted}`);
      // More than it is documented for does no harm.
      assert.ok(has || !said, `${name} has no pam_sm_${wanted}`);
      assert.ok(said || !has || isIdle(name, facility), `${name} has pam_sm_${wanted}`);
    }
  }
});

/** Functions that are there, and do nothing. */
function isIdle(name: string, facility: string): boolean {
  return ['pam_selinux.so', 'pam_cap.so'].includes(name) && facility === 'auth';
}

test('nobody-asked: what each known module says in auth to nobody’s answer', async () => {
  const args: Record<string, string> = {
    'pam_listfile.so': 'item=user sense=deny file=/etc/no-such-file onerr=succeed',
    'pam_succeed_if.so': 'uid >= 0',
    'pam_exec.so': '/bin/false',
    'pam_oath.so': 'usersfile=/etc/no-such-file',
    'pam_userdb.so': 'db=/etc/no-such-file',
    'pam_debug.so': 'auth=success',
  };
  for (const name of readdirSync(MODULES)) {
    const known = knownModules().get(name);
    if (known === undefined || !known.facilities.includes('auth')) continue;
    makeProfile('yes', [
      `auth [success=done ignore=ignore default=die] ${name} ${args[name] ?? ''}`,
      'auth required pam_deny.so',
    ]);
    const came = await callPam({ profile: 'yes', user: 'ada', operations: ['authenticate'] });
    const success = came[0] === YES;
    if (known.unasked === 'success') assert.ok(success, `${name}: ${came}`);
    if (known.unasked === 'asks' || known.unasked === 'ignore')
      assert.ok(!success, `${name}: ${came}`);
  }
});
