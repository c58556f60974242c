/** Modules that look up new passwords in the dictionary of cracklib. */
import { lineOf, type Rule, type Situation } from '../rule.ts';
import { modulesOf } from '../stack.ts';

const MODULES = ['pam_pwquality.so', 'pam_cracklib.so'];
const DICTIONARIES = [
  '/var/cache/cracklib/cracklib_dict.pwd',
  '/usr/share/cracklib/pw_dict.pwd',
  '/usr/share/cracklib/pw_dict.pwd.gz',
  '/usr/lib/cracklib_dict.pwd',
];
const PACKAGES = [
  'cracklib-runtime',
  'cracklib-dicts',
  'cracklib-dict-small',
  'cracklib-dict-full',
];

export const dictionaryMissing: Rule = {
  code: 'dictionary-missing',
  level: 'warning',
  why: 'Without its dictionary the module refuses every new password: a user with an expired password cannot sign in.',
  remedy: 'install the dictionary (Debian: cracklib-runtime, RHEL: cracklib-dicts)',
  trial: 'dictionary.test.ts',
  find: (situation) => {
    if (situation.purpose !== 'login' || !isMissing(situation)) return [];
    return modulesOf(situation.profile, 'password')
      .filter(({ name, args }) => MODULES.includes(name) && !args.includes('dictcheck=0'))
      .map((module) => ({
        origin: module.origin,
        message: `wanted cracklib's dictionary for ${module.name}, got none`,
        fix: lineOf(module, { args: [...module.args, 'dictcheck=0'] }),
      }));
  },
};

/** Whether the dictionary is known to be missing. A directory that holds profiles only does not tell. */
function isMissing({ facts, files }: Situation): boolean {
  const settings = files.read('/etc/security/pwquality.conf');
  if (settings.kind === 'text' && /^\s*dictcheck\s*=\s*0/m.test(settings.text)) return false;
  if (files.isWhole()) return !DICTIONARIES.some((path) => files.exists(path));
  const { packages } = facts;
  return (
    packages !== null && packages.length > 0 && !PACKAGES.some((name) => packages.includes(name))
  );
}
