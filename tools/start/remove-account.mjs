/** Removes an account that set-up made, with its group, and its home directory if set-up made it. */
import { spawnSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { forgetChange, readChanges } from './changes.mjs';
import { killUntilGone, processesOf } from './processes.mjs';
import { removeTree } from './remove-tree.mjs';
import { runProgram, SetupError, say } from './report.mjs';

export async function removeAccount(name) {
  const account = findAccount(name);
  const homes = readChanges().homes.filter((path) => path === homeOf(name));
  if (account !== null) {
    const { uid, home } = account;
    if (!(await killUntilGone(() => processesOf(uid), 10)))
      throw new SetupError(
        `processes of ${name} (uid ${uid}) could not be killed: the account is not removed`,
      );
    // Without --remove: the home may have been moved to where other users have theirs. --force: a stale utmp record
    // must not keep the account from being removed.
    runProgram('userdel', ['--force', name]);
    removeOwned(`/var/mail/${name}`, uid);
    for (const made of homes) {
      removeOwned(made, uid);
      if (home !== made)
        say(`the home directory of ${name} was moved to '${home}', which is not removed`);
    }
  }
  for (const made of homes) forgetChange('homes', made);
  forgetChange('users', name);
  forgetChange('groups', name);
}

/** Where set-up makes the home directory of an account. */
export const homeOf = (name) => `/home/${name}`;

/** Does not remove a symbolic link, or something that belongs to another user now. */
function removeOwned(path, uid) {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.uid === uid && !found.isSymbolicLink()) removeTree(path);
  else say(`'${path}' is not removed: set-up did not make what is there now`);
}

/** null: the account does not exist. */
export function findUid(name) {
  return findAccount(name)?.uid ?? null;
}

function findAccount(name) {
  const { status, stdout } = spawnSync('getent', ['passwd', name], { encoding: 'utf8' });
  const [, , uid, , , home] = stdout.split(':');
  return status === 0 ? { uid: Number(uid), home } : null;
}
