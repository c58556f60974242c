/**
 * Whether PAM_PERM_DENIED from a login profile means that sssd could not ask its directory service and has no cached
 * password of the user. (sssd returns the same code for a locked account, but with a text.) In a profile where another
 * module can return this code by its own policy the answer is no: the page then treats it like a wrong password.
 * docs/decisions/0012-when-the-directory-is-away.md
 */
import { openProfile } from './pam-profile/check.ts';
import type { Result } from './pam-profile/control.ts';
import { playStack } from './pam-profile/play.ts';
import { isModule, type Module } from './pam-profile/stack.ts';

const SSSD = 'pam_sss.so';
/** These return the same code by their own policy. */
const DENYING = ['pam_access.so', 'pam_wheel.so'];
/** Modules that do not decide about the password. */
const PASSING = ['env', 'faildelay', 'faillock', 'localuser', 'nologin', 'usertype', 'warn'].map(
  (name) => `pam_${name}.so`,
);

/** root: set by tests. */
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
