/** Removes an account that set-up made, with its home and its group. */
import { spawnSync } from 'node:child_process';
import { forgetChange } from './changes.mjs';
import { killUntilGone, processesOf } from './processes.mjs';
import { runProgram, SetupError } from './report.mjs';

export async function removeAccount(name) {
  const uid = findUid(name);
  if (uid !== null) {
    if (!(await killUntilGone(() => processesOf(uid), 10)))
      throw new SetupError(`processes of ${name} (uid ${uid}) outlived SIGKILL: the account stays`);
    // --force: a row that somebody forgot in utmp does not keep the account.
    runProgram('userdel', ['--force', '--remove', name]);
  }
  forgetChange('users', name);
  forgetChange('groups', name);
}

/** null: there is no such account */
export function findUid(name) {
  const { status, stdout } = spawnSync('id', ['-u', '--', name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : null;
}
