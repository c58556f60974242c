/** Removes an account that set-up made, with its group, and with its home where that is the one that set-up made. */
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
      throw new SetupError(`processes of ${name} (uid ${uid}) outlived SIGKILL: the account stays`);
    // Not --remove: the home may have been moved to where others keep theirs. --force: a row that somebody forgot in
    // utmp does not keep the account.
    runProgram('userdel', ['--force', name]);
    removeOwned(`/var/mail/${name}`, uid);
    for (const made of homes) {
      removeOwned(made, uid);
      if (home !== made) say(`the home directory of ${name} was moved to '${home}', which stays`);
    }
  }
  for (const made of homes) forgetChange('homes', made);
  forgetChange('users', name);
  forgetChange('groups', name);
}

/** Where set-up makes the home of an account. */
export const homeOf = (name) => `/home/${name}`;

/** A link that leads elsewhere, or what has become somebody else's, stays. */
function removeOwned(path, uid) {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.uid === uid && !found.isSymbolicLink()) removeTree(path);
  else say(`'${path}' stays: set-up did not make what is there now`);
}

/** null: there is no such account */
export function findUid(name) {
  return findAccount(name)?.uid ?? null;
}

function findAccount(name) {
  const { status, stdout } = spawnSync('getent', ['passwd', name], { encoding: 'utf8' });
  const [, , uid, , , home] = stdout.split(':');
  return status === 0 ? { uid: Number(uid), home } : null;
}
