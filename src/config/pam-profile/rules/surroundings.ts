/** Modules that need something that the machine does not have. */
import { lineOf, type Rule, type Situation } from '../rule.ts';
import { type Module, modulesOf } from '../stack.ts';
import { atBest, findPlay, unproven } from '../what-if.ts';

export const systemdWithoutBus: Rule = {
  code: 'systemd-without-bus',
  level: 'error',
  why: 'Without the system bus pam_systemd cannot reach logind, and fails. If it is required, no session opens.',
  remedy: 'make it optional',
  trial: 'surroundings.test.ts',
  find: (situation) => {
    const { dbus, systemd_booted } = situation.facts;
    if (situation.purpose === 'login' || (dbus !== false && systemd_booted !== false)) return [];
    return modulesOf(situation.profile, 'session')
      .filter((module) => module.name === 'pam_systemd.so' && counts(situation, module))
      .map((module) => ({
        origin: module.origin,
        message: `wanted a system bus for pam_systemd.so, got none, and the module is required`,
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
  why: 'With require_auditd, pam_loginuid refuses everybody while the audit daemon is not running.',
  remedy: 'start auditd, or remove require_auditd',
  trial: 'surroundings.test.ts',
  find: (situation) => {
    if (situation.purpose === 'login' || situation.facts.auditd !== false) return [];
    return modulesOf(situation.profile, 'session')
      .filter(({ name, args }) => name === 'pam_loginuid.so' && args.includes('require_auditd'))
      .filter((module) => counts(situation, module))
      .map((module) => ({
        origin: module.origin,
        message: 'wanted a running audit daemon for require_auditd, got none',
        fix: lineOf(module, { args: module.args.filter((arg) => arg !== 'require_auditd') }),
      }));
  },
};

export const nullokWithEmptyPasswords: Rule = {
  code: 'nullok-empty-password',
  level: 'warning',
  why: 'With nullok, accounts with an empty password get in without being asked if the program that calls PAM allows it, as su and login do. Vestibule never allows it: here these accounts are refused.',
  remedy: 'give the accounts a password or lock them, and remove nullok',
  trial: 'surroundings.test.ts',
  find: ({ profile, facts }) => {
    const accounts = facts.accounts_with_empty_password ?? [];
    if (accounts.length === 0) return [];
    return modulesOf(profile, 'auth')
      .filter(({ name, args }) => name === 'pam_unix.so' && args.includes('nullok'))
      .map((module) => ({
        origin: module.origin,
        message: `wanted all accounts to have a password because of nullok, got ${accounts.slice(0, 5).join(', ')} without one`,
        fix: lineOf(module, { args: module.args.filter((arg) => arg !== 'nullok') }),
      }));
  },
};

export const onlyOptional: Rule = {
  code: 'only-optional',
  level: 'warning',
  why: 'If all modules are optional and each of them fails or returns “ignore”, libpam denies: no session opens.',
  remedy: 'add a module that always succeeds',
  trial: 'surroundings.test.ts',
  find: ({ profile, purpose }) => {
    const session = modulesOf(profile, 'session');
    if (purpose === 'login' || session.length === 0) return [];
    if (!session.every(({ actions, broken }) => !broken && actions.system_err === 'ignore'))
      return [];
    const message =
      'wanted at least one session module that is not optional, got optional ones only';
    return [{ origin: session[0]!.origin, message, fix: 'session required pam_permit.so' }];
  },
};

export const faillockNeverCounts: Rule = {
  code: 'faillock-never-counts',
  level: 'warning',
  why: 'pam_faillock counts failures in its authfail line. If that line is missing, or is not reached after a wrong password, no account is ever locked.',
  remedy: 'put `auth [default=die] pam_faillock.so authfail` after the module that asks',
  trial: 'faillock.test.ts',
  find: ({ profile, purpose }) => {
    const lines = modulesOf(profile, 'auth').filter(({ name }) => name === 'pam_faillock.so');
    const first = lines.find(({ args }) => args.includes('preauth'));
    if (purpose === 'session' || first === undefined) return [];
    const fails = ({ called }: { readonly called: readonly Module[] }): boolean =>
      called.some(({ name, args }) => name === 'pam_faillock.so' && args.includes('authfail'));
    if (findPlay(profile.stacks.auth, fails, unproven) !== null) return [];
    const message =
      'wanted an authfail line that is called after a wrong password, got preauth alone';
    return [{ origin: first.origin, message, fix: 'auth [default=die] pam_faillock.so authfail' }];
  },
};
