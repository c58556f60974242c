/**
 * Whether PAM_PERM_DENIED of a login profile means that sssd could ask nobody: its directory is away, and it has no
 * password of that person's in its cache. A locked account brings a text with that code, and whom the policy of another
 * module keeps out must not be told apart from a wrong password.
 */
import { findProfile, PAM_DIRECTORIES, type PamRule, readStack } from './pam-stack.ts';
import { type ModuleResult, playStack } from './play-stack.ts';

const SSSD = 'pam_sss.so';
/** Their own verdict has that code, too. */
const DENYING = ['pam_access.so', 'pam_wheel.so'];
/** Modules before it that let everybody pass, or have no say. */
const PASSING = ['env', 'faildelay', 'faillock', 'localuser', 'nologin', 'usertype', 'warn'].map(
  (name) => `pam_${name}.so`,
);

export function saysDirectoryAway(
  profile: string,
  directories: readonly string[] = PAM_DIRECTORIES,
): boolean {
  try {
    const path = findProfile(profile, directories);
    const rules = path === null ? [] : readStack(path, 'auth', directories);
    if (allRules(rules).some(({ module }) => DENYING.includes(module))) return false;
    return playStack(rules, withoutDirectory).rule?.module === SSSD;
  } catch {
    return false; // the check of the configuration has said it
  }
}

function withoutDirectory({ module }: PamRule): ModuleResult {
  if (module === SSSD) return 'perm_denied';
  return PASSING.includes(module) ? 'ignore' : 'fail';
}

function allRules(rules: readonly PamRule[]): readonly PamRule[] {
  return rules.flatMap((rule) => [rule, ...allRules(rule.substack ?? [])]);
}
