/** Modules that look new passwords up in cracklib's dictionary. */
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
  why: 'Without its dictionary the module refuses every new password: who must change an expired one cannot sign in.',
  mend: 'install the dictionary (Debian: cracklib-runtime, RHEL: cracklib-dicts)',
  trial: 'dictionary.test.ts',
  find: (situation) => {
    if (situation.purpose !== 'login' || !isMissing(situation)) return [];
    return modulesOf(situation.profile, 'password')
      .filter(({ name, args }) => MODULES.includes(name) && !args.includes('dictcheck=0'))
      .map((module) => ({
        origin: module.origin,
        message: `wanted cracklib's dictionary for ${module.name}, came none`,
        fix: lineOf(module, { args: [...module.args, 'dictcheck=0'] }),
      }));
  },
};

/** Known to be missing: of a directory of profiles alone nothing is known. */
function isMissing({ facts, files }: Situation): boolean {
  const settings = files.read('/etc/security/pwquality.conf');
  if (settings.kind === 'text' && /^\s*dictcheck\s*=\s*0/m.test(settings.text)) return false;
  if (files.isWhole()) return !DICTIONARIES.some((path) => files.exists(path));
  const { packages } = facts;
  return (
    packages !== null && packages.length > 0 && !PACKAGES.some((name) => packages.includes(name))
  );
}
