/** Modules that ask for more than a password. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type Case, stackOf } from '../case.ts';
import { ORACLE } from '../machine.ts';

const SECRET = '3132333435363738393031323334353637383930';
const OATH = `${ORACLE}/users.oath`;
const GOOGLE = `${ORACLE}/google-authenticator`;

export const secondFactorCases: readonly Case[] = [
  {
    name: 'pam_oath',
    stack: stackOf({
      identify: [
        'requisite pam_unix.so nodelay',
        `requisite pam_oath.so usersfile=${OATH} window=5 digits=6`,
      ],
    }),
    reset: ({ name }) => writeFileSync(OATH, `HOTP ${name} - ${SECRET}\n`, { mode: 0o600 }),
    answers: ({ password }) => [password, hotp(0)],
    shows: { outcome: 'let in' },
  },
  {
    name: 'pam_oath, a wrong code',
    stack: stackOf({
      identify: [
        'requisite pam_unix.so nodelay',
        `requisite pam_oath.so usersfile=${OATH} window=5 digits=6`,
      ],
    }),
    reset: ({ name }) => writeFileSync(OATH, `HOTP ${name} - ${SECRET}\n`, { mode: 0o600 }),
    answers: ({ password }) => [password, hotp(40)],
    shows: { outcome: 'refused' },
  },
  {
    name: 'pam_google_authenticator',
    stack: stackOf({
      identify: [
        'requisite pam_unix.so nodelay',
        `requisite pam_google_authenticator.so secret=${GOOGLE} user=root`,
      ],
    }),
    // base32 of the secret above
    reset: () =>
      writeFileSync(
        GOOGLE,
        'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n" HOTP_COUNTER 1\n" WINDOW_SIZE 5\n',
        {
          mode: 0o600,
        },
      ),
    answers: ({ password }) => [password, hotp(1)],
    shows: { outcome: 'let in' },
  },
];

function hotp(counter: number): string {
  return execFileSync('oathtool', ['--hotp', '-c', String(counter), SECRET], {
    encoding: 'utf8',
  }).trim();
}
