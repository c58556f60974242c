/** Makes the accounts of broker and gateway: no home, no shell, no password, and a group for each. */
import { recordChange } from './changes.mjs';
import { findUid } from './remove-account.mjs';
import { runProgram } from './report.mjs';

const USERS = ['vestibule', 'vestibule-web'] as const;

export function makeServiceUsers(): void {
  for (const name of USERS) {
    if (findUid(name) !== null) continue;
    runProgram('useradd', [
      ...['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'],
      ...['--shell', '/usr/sbin/nologin', name],
    ]);
    recordChange('users', [name]);
    recordChange('groups', [name]);
  }
}
