/** Modules that act on what the kernel knows of a process: groups, keyring, audit, capabilities. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type Case, stackOf } from '../case.ts';

export const credentialCases: readonly Case[] = [
  {
    name: 'pam_group',
    stack: stackOf({ auth: ['optional pam_group.so'] }),
    prepare: ({ name }) => {
      execFileSync('groupadd', ['-g', '59001', 'oracle-time']);
      execFileSync('groupadd', ['-g', '59002', 'oracle-listed']);
      execFileSync('usermod', ['-aG', 'oracle-listed', name]);
      writeFileSync('/etc/security/group.conf', `*;*;${name};Al0000-2400;oracle-time\n`);
    },
    shows: { groups: /^59001 59002 / },
  },
];
