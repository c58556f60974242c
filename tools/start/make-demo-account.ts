/** The throw-away account of npm start -- --demo. */
import { randomInt } from 'node:crypto';
import { readChanges, recordChange } from './changes.mjs';
import { findUid } from './remove-account.mjs';
import { runProgram, SetupError } from './report.mjs';

export const DEMO_USER = 'vestibule-demo';
/** No two that look alike. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyz23456789';
const LENGTH = 16;

export interface DemoAccount {
  readonly user: string;
  readonly password: string;
}

export function makeDemoAccount(): DemoAccount {
  const isThere = findUid(DEMO_USER) !== null;
  if (isThere && !readChanges().users.includes(DEMO_USER))
    throw new SetupError(
      `account '${DEMO_USER}' exists and set-up did not make it: rename or remove it`,
    );
  if (!isThere) {
    runProgram('useradd', ['--create-home', '--user-group', '--shell', '/bin/bash', DEMO_USER]);
    recordChange('users', [DEMO_USER]);
    recordChange('groups', [DEMO_USER]);
  }
  const password = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(
    '',
  );
  // With a method of its own, chpasswd asks no PAM module: the machine's rules for passwords are not for this one.
  runProgram('chpasswd', ['--crypt-method', 'SHA512'], { input: `${DEMO_USER}:${password}\n` });
  return { user: DEMO_USER, password };
}
