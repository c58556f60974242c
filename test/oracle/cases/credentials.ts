/** Modules that act on what the kernel knows of a process: groups, keyring, audit, capabilities. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type Case, stackOf } from '../case.ts';
import { ORACLE } from '../machine.ts';

const CAPABILITIES = `${ORACLE}/capability.conf`;

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
    shows: { groups: /\b59001 59002$/ },
  },
  {
    name: 'pam_loginuid',
    stack: stackOf({ session: ['required pam_loginuid.so'] }),
    second: true,
    shows: {
      loginuid: /^\d+$/,
      'audit session': 'own',
      'second program: audit session': 'the same',
    },
  },
  {
    name: 'pam_keyinit',
    stack: stackOf({ session: ['required pam_keyinit.so force revoke'] }),
    second: true,
    shows: {
      'session keyring': /^keyring;\d+;-?\d+;[0-9a-f]+;_ses$/,
      'session keyring is': 'own',
      'session keyring holds the user keyring': 'yes',
      'second program: session keyring': 'the same',
    },
  },
  {
    name: 'pam_cap, inheritable',
    stack: stackOf({ auth: [`optional pam_cap.so config=${CAPABILITIES}`] }),
    prepare: ({ name }) => writeFileSync(CAPABILITIES, `cap_net_bind_service ${name}\n`),
    shows: { 'capabilities inheritable': '0000000000000400' },
  },
  {
    name: 'pam_cap, ambient',
    stack: stackOf({ auth: [`optional pam_cap.so config=${CAPABILITIES}-2 keepcaps defer`] }),
    prepare: ({ name }) => writeFileSync(`${CAPABILITIES}-2`, `^cap_net_raw ${name}\n`),
    // It sets credentials once more after the change of user.
    lacking: 'ssh',
    shows: { 'capabilities ambient': '0000000000002000' },
  },
  {
    name: 'pam_rootok in auth alone',
    stack: [
      'auth required pam_rootok.so',
      'account required pam_unix.so',
      'session required pam_unix.so',
    ],
    shows: { outcome: 'let in' },
  },
  {
    name: 'pam_rootok in account',
    stack: [
      ...stackOf({}).filter((line) => !line.startsWith('account')),
      'account sufficient pam_rootok.so',
      'account required pam_deny.so',
    ],
    shows: { outcome: 'let in' },
  },
];
