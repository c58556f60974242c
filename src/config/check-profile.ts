/** Checks the two PAM profiles against what their place demands, before the first person finds out. */
import type { Finding } from './finding.ts';
import type { Configuration } from './load.ts';
import {
  findProfile,
  PAM_DIRECTORIES,
  PamFileError,
  type PamRule,
  type PamType,
  readStack,
} from './pam-stack.ts';
import { type ModuleResult, playStack } from './play-stack.ts';

/** Modules that say yes to root without asking anybody. */
const UNASKED = new Set(
  ['permit', 'rootok', 'succeed_if', 'shells', 'listfile', 'localuser', 'wheel', 'usertype'].map(
    (name) => `pam_${name}.so`,
  ),
);
/** Modules that have no say. */
const SILENT = new Set(
  ['env', 'faildelay', 'warn', 'nologin', 'keyinit', 'faillock', 'limits', 'group', 'echo'].map(
    (name) => `pam_${name}.so`,
  ),
);
const atBest = ({ module }: PamRule): ModuleResult =>
  module === 'pam_deny.so' ? 'fail' : 'success';
const unasked = ({ module }: PamRule): ModuleResult => {
  if (UNASKED.has(module)) return 'success';
  return SILENT.has(module) ? 'ignore' : 'fail';
};

/** The login and the session profile. Errors: the broker must not start. */
export function checkProfiles(
  values: Configuration,
  directories: readonly string[] = PAM_DIRECTORIES,
): Finding[] {
  const login = values['auth-pam-profile'];
  const session = values['auth-pam-sessions-profile'];
  return [
    ...checkProfile(login, directories, checkLogin),
    ...checkProfile(session, directories, checkSession),
  ];
}

type Check = (profile: string, own: string, stack: (type: PamType) => PamRule[]) => Finding[];

function checkProfile(profile: string, directories: readonly string[], check: Check): Finding[] {
  const own = `${directories[0]}/${profile}`;
  const path = findProfile(profile, directories);
  const other = findProfile('other', directories);
  const found: Finding[] = [];
  if (path === null && other === null)
    return [
      {
        level: 'error',
        file: own,
        line: 1,
        text: `wanted a PAM profile, came no such file and no 'other' either; make it`,
      },
    ];
  if (path === null)
    found.push({ level: 'warning', file: own, line: 1, text: `no ${own}, PAM uses 'other'` });
  try {
    // Where a profile has no rule of a type, libpam takes those of other.
    const stack = (type: PamType): PamRule[] => {
      const rules = path === null ? [] : readStack(path, type, directories);
      return rules.length > 0 || other === null ? rules : readStack(other, type, directories);
    };
    return [...found, ...check(profile, own, stack)];
  } catch (error) {
    if (!(error instanceof PamFileError)) throw error;
    const { file, line, message: text } = error;
    return [...found, { level: 'error', file, line, text }];
  }
}

function checkLogin(profile: string, own: string, stack: (type: PamType) => PamRule[]): Finding[] {
  const found: Finding[] = [];
  for (const type of ['auth', 'account'] as const) {
    const { allowed, rule } = playStack(stack(type), atBest);
    if (allowed) continue;
    const what = rule === null ? `no ${type} module` : `${rule.module}, which denies everyone`;
    const text = `wanted a profile by which people can sign in, came ${what}; correct it, or make ${own}`;
    found.push({ level: 'error', file: rule?.file ?? own, line: rule?.line ?? 1, text });
  }
  const { allowed, rule } = playStack(stack('auth'), unasked);
  if (allowed && rule !== null) {
    const text = `wanted a profile that asks who signs in, came ${rule.module}, which lets everyone in as '${profile}' is used by root; remove it`;
    found.push({ level: 'error', file: rule.file, line: rule.line, text });
  }
  return found;
}

function checkSession(
  profile: string,
  own: string,
  stack: (type: PamType) => PamRule[],
): Finding[] {
  const rules = stack('auth');
  if (playStack(rules, unasked).allowed) return [];
  const first = rules[0];
  const text = `wanted a profile that asks nothing of root, came '${profile}', which may ask for a password; put 'auth sufficient pam_rootok.so' before its other auth lines`;
  return [{ level: 'warning', file: first?.file ?? own, line: first?.line ?? 1, text }];
}
