/** pam_group behind pam_rootok. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { makeAccount } from '../../lib/accounts.ts';
import { setUpLeaders } from '../../lib/leader/fixture.ts';
import { makeProfile } from '../../lib/leader/machine.ts';
import { runScript } from '../../lib/leader/sessions.ts';
import { findCodes } from '../../lib/pam-trial.ts';

setUpLeaders();
makeAccount('ada');
before(() => writeFileSync('/etc/security/group.conf', '*;*;*;Al0000-2400;audio\n'));

const ROOTOK = 'auth sufficient pam_rootok.so';
const GROUP = 'auth optional pam_group.so';
const REST = ['account required pam_permit.so', 'session required pam_permit.so'];

for (const [lines, found] of [
  [[ROOTOK, GROUP], true],
  [[GROUP, ROOTOK], false],
] as const) {
  test(`group-after-rootok: ${lines.join(' / ')}: groups ${found ? 'missing' : 'there'}`, async () => {
    makeProfile('trial', [...lines, ...REST]);
    assert.equal(findCodes('trial', 'session').includes('group-after-rootok'), found);
    const [groups] = await runScript('id -nG', { user: 'ada', service: 'trial' });
    assert.equal(groups.split(/\s+/).includes('audio'), !found, groups);
  });
}
