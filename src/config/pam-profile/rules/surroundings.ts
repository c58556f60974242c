/** Modules that need something of the machine that is not there. */
import { lineOf, type Rule, type Situation } from '../rule.ts';
import { type Module, modulesOf } from '../stack.ts';
import { atBest, findPlay, unproven } from '../what-if.ts';

export const systemdWithoutBus: Rule = {
  code: 'systemd-without-bus',
  level: 'error',
  why: 'pam_systemd cannot reach logind without the system bus and fails; where that counts no session opens.',
  mend: 'make it optional',
  trial: 'surroundings.test.ts',
  find: (situation) => {
    const { dbus, systemd_booted } = situation.facts;
    if (situation.purpose === 'login' || (dbus !== false && systemd_booted !== false)) return [];
    return modulesOf(situation.profile, 'session')
      .filter((module) => module.name === 'pam_systemd.so' && counts(situation, module))
      .map((module) => ({
        origin: module.origin,
        message: `wanted a system bus for pam_systemd.so, came none, and its failure counts`,
        fix: lineOf(module, { control: 'optional' }),
      }));
  },
};

/** Whether the stack fails when this module does. */
function counts({ profile }: Situation, module: Module): boolean {
  const entries = profile.stacks[module.facility];
  const says = (other: Module) => (other === module ? 'session_err' : atBest(other));
  const best = findPlay(entries, ({ allowed }) => allowed, atBest);
  return best !== null && findPlay(entries, ({ allowed }) => allowed, says) === null;
}

export const loginuidNeedsAuditd: Rule = {
  code: 'loginuid-needs-auditd',
  level: 'error',
  why: 'With require_auditd pam_loginuid refuses everybody while the audit daemon does not run.',
  mend: 'start auditd, or remove require_auditd',
  trial: 'surroundings.test.ts',
  find: (situation) => {
    if (situation.purpose === 'login' || situation.facts.auditd !== false) return [];
    return modulesOf(situation.profile, 'session')
      .filter(({ name, args }) => name === 'pam_loginuid.so' && args.includes('require_auditd'))
      .filter((module) => counts(situation, module))
      .map((module) => ({
        origin: module.origin,
        message: 'wanted a running audit daemon for require_auditd, came none',
        fix: lineOf(module, { args: module.args.filter((arg) => arg !== 'require_auditd') }),
      }));
  },
};

export const nullokWithEmptyPasswords: Rule = {
  code: 'nullok-empty-password',
  level: 'warning',
  why: 'nullok lets accounts with an empty password in without asking, wherever the program that calls PAM allows it: su and login do. The sign-in here never does: these accounts are refused.',
  mend: 'give the accounts a password or lock them, and remove nullok',
  trial: 'surroundings.test.ts',
  find: ({ profile, facts }) => {
    const accounts = facts.accounts_with_empty_password ?? [];
    if (accounts.length === 0) return [];
    return modulesOf(profile, 'auth')
      .filter(({ name, args }) => name === 'pam_unix.so' && args.includes('nullok'))
      .map((module) => ({
        origin: module.origin,
        message: `wanted accounts with passwords beside nullok, came ${accounts.slice(0, 5).join(', ')} without one`,
        fix: lineOf(module, { args: module.args.filter((arg) => arg !== 'nullok') }),
      }));
  },
};

export const onlyOptional: Rule = {
  code: 'only-optional',
  level: 'warning',
  why: 'Where all modules are optional and each fails or has nothing to say, libpam denies: no session opens.',
  mend: 'add a module that always says yes',
  trial: 'surroundings.test.ts',
  find: ({ profile, purpose }) => {
    const session = modulesOf(profile, 'session');
    if (purpose === 'login' || session.length === 0) return [];
    if (!session.every(({ actions, broken }) => !broken && actions.system_err === 'ignore'))
      return [];
    const message = 'wanted a session module that counts, came optional ones only';
    return [{ origin: session[0]!.origin, message, fix: 'session required pam_permit.so' }];
  },
};

export const faillockNeverCounts: Rule = {
  code: 'faillock-never-counts',
  level: 'warning',
  why: 'pam_faillock counts a failure in its authfail line. Where that is missing, or not reached when the password is wrong, no account is ever locked.',
  mend: 'put `auth [default=die] pam_faillock.so authfail` behind the module that asks',
  trial: 'faillock.test.ts',
  find: ({ profile, purpose }) => {
    const lines = modulesOf(profile, 'auth').filter(({ name }) => name === 'pam_faillock.so');
    const first = lines.find(({ args }) => args.includes('preauth'));
    if (purpose === 'session' || first === undefined) return [];
    const fails = ({ called }: { readonly called: readonly Module[] }): boolean =>
      called.some(({ name, args }) => name === 'pam_faillock.so' && args.includes('authfail'));
    if (findPlay(profile.stacks.auth, fails, unproven) !== null) return [];
    const message = 'wanted an authfail line that a wrong password leads to, came preauth alone';
    return [{ origin: first.origin, message, fix: 'auth [default=die] pam_faillock.so authfail' }];
  },
};
