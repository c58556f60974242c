/** pam_env with user_readenv=1 beside pam_exec: the user's library runs as root. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { callPam, findCodes } from '../../lib/pam-trial.ts';

const CODE = 'readenv-runs-as-root';
const READER = 'session required pam_env.so user_readenv=1';
const EXEC = 'session optional pam_exec.so quiet /bin/true';
const SESSION = ['auth sufficient pam_rootok.so', 'account required pam_permit.so'];
const SHOWN = '/run/ran-as';

setUpLeaders();
const ada = makeAccount('ada');
before(() => {
  const source = `#include <stdio.h>
#include <unistd.h>
__attribute__((constructor)) static void run(void) {
    FILE *file = fopen("${SHOWN}", "w");
    if (file != NULL) { fprintf(file, "%d", (int)geteuid()); fclose(file); }
}
`;
  writeFileSync('/home/ada/x.c', source);
  execFileSync('cc', ['-shared', '-fPIC', '-o', '/home/ada/x.so', '/home/ada/x.c']);
  writeFileSync('/home/ada/.pam_environment', 'LD_PRELOAD=/home/ada/x.so\n');
  chownSync('/home/ada/.pam_environment', ada.uid, ada.uid);
});

/** The uid that the user's code ran as; null when it did not. */
async function runsAs(lines: readonly string[]): Promise<string | null> {
  rmSync(SHOWN, { force: true });
  makeProfile('trial', [...SESSION, ...lines, 'session required pam_permit.so']);
  const operations = ['setcred', 'open_session', 'close_session'] as const;
  const came = await callPam({ profile: 'trial', user: 'ada', operations });
  assert.equal(came.at(-1), 'close_session PAM_SUCCESS');
  return existsSync(SHOWN) ? readFileSync(SHOWN, 'utf8') : null;
}

for (const [lines, uid] of [
  [[READER, EXEC], '0'],
  // At the close it runs with what was set after it.
  [[EXEC, READER], '0'],
  [['session optional pam_exec.so quiet type=close_session /bin/true', READER], '0'],
  [['session optional pam_exec.so quiet type=open_session /bin/true', READER], null],
  [['session required pam_env.so', EXEC], null],
  [[READER], null],
] as const) {
  test(`${CODE}: ${lines.join(' / ')}: ${uid ?? 'not run'}`, async () => {
    assert.equal(await runsAs(lines), uid);
    assert.equal(findCodes('trial', 'session').includes(CODE), uid !== null);
  });
}
