/**
 * Whether PAM_PERM_DENIED of a login profile means that sssd could ask nobody: its directory is away, and it has no
 * password of that person's in its cache. A locked account brings a text with that code, and whom the policy of another
 * module keeps out must not be told apart from a wrong password.
 */
import { openProfile } from './pam-profile/check.ts';
import type { Result } from './pam-profile/control.ts';
import { playStack } from './pam-profile/play.ts';
import { isModule, type Module } from './pam-profile/stack.ts';

const SSSD = 'pam_sss.so';
/** Their own verdict has that code, too. */
const DENYING = ['pam_access.so', 'pam_wheel.so'];
/** Modules before it that let everybody pass, or have no say. */
const PASSING = ['env', 'faildelay', 'faillock', 'localuser', 'nologin', 'usertype', 'warn'].map(
  (name) => `pam_${name}.so`,
);

/** root: of tests. */
export function saysDirectoryAway(profile: string, root = ''): boolean {
  const { auth } = openProfile({ service: profile, root, facts: {} }).stacks;
  const modules = auth.filter(isModule);
  if (modules.some(({ name, broken }) => broken || DENYING.includes(name))) return false;
  return playStack(auth, withoutDirectory).decider?.name === SSSD;
}

function withoutDirectory({ name }: Module): Result {
  if (name === SSSD) return 'perm_denied';
  return PASSING.includes(name) ? 'ignore' : 'auth_err';
}
