/** Session profiles: without a password it must be enough to be root, with a password it must not be. */
import { type Rule, type Situation, without } from '../rule.ts';
import { type Module, modulesOf } from '../stack.ts';
import { atBest, findPlay, unproven } from '../what-if.ts';

const TRIAL = 'session-password.test.ts';
const ROOTOK = 'pam_rootok.so';

export const rootokMissing: Rule = {
  code: 'rootok-missing',
  level: 'error',
  why: 'A session may start while its user is not present (a cookie, a resumed session). The user sees on their page what the modules ask; if nobody answers there, the session does not start.',
  remedy: 'put `auth sufficient pam_rootok.so` before the other auth lines',
  trial: TRIAL,
  find: ({ profile, purpose }) => {
    const entries = profile.stacks.auth;
    if (purpose !== 'session' || entries.length === 0) return [];
    // When nobody can get in at all, another rule reports it.
    if (findPlay(entries, ({ allowed }) => allowed, atBest) === null) return [];
    if (findPlay(entries, ({ allowed }) => allowed, unproven) !== null) return [];
    const asking = modulesOf(profile, 'auth').find((module) => unproven(module) === 'auth_err');
    const first = modulesOf(profile, 'auth')[0]!;
    const message = `wanted a profile that asks root for nothing, got ${asking?.name ?? first.name}, which fails without a password`;
    return [{ origin: ownLine(profile.file, first), message, fix: `auth sufficient ${ROOTOK}` }];
  },
};

/** The line in the profile's own file that led to this module. */
function ownLine(file: string, { origin, through }: Module): Module['origin'] {
  return [...through, origin].find((place) => place.file === file) ?? origin;
}

export const rootokWithPassword: Rule = {
  code: 'rootok-with-password',
  level: 'error',
  why: 'pam_rootok ends the stack before the modules that would use the password: there is no Kerberos ticket, and no encrypted or remote drive is mounted.',
  remedy: 'remove the line, or use the profile without a password (`--for session`)',
  trial: TRIAL,
  find: ({ profile, purpose }) => {
    if (purpose !== 'session-with-password') return [];
    const played = findPlay(profile.stacks.auth, ({ endedBy }) => endedBy?.name === ROOTOK, atBest);
    if (played === null) return [];
    const rootok = played.endedBy!;
    const message = 'wanted modules that use the password, got pam_rootok.so before them';
    return [{ origin: rootok.origin, message, fix: without(rootok) }];
  },
};

export const noPasswordToGive: Rule = {
  code: 'no-password-to-give',
  level: 'error',
  why: 'Only a sign-in by PAM has a password. Without one, the modules ask, nobody answers, and the session does not start.',
  remedy: 'use a profile with pam_rootok (`--for session`)',
  trial: TRIAL,
  find: ({ profile, purpose, facts }) => {
    const by = facts.auth_by?.toLowerCase() ?? 'pam';
    if (purpose !== 'session-with-password' || by === 'pam') return [];
    const message = `wanted a sign-in by PAM, got one by '${by}', which has no password`;
    const fix = 'auth sufficient pam_rootok.so';
    return [{ origin: { file: profile.file, line: 1 }, message, fix }];
  },
};

export const accountOfSssd: Rule = {
  code: 'sssd-account',
  level: 'warning',
  why: 'pam_sss does not know local accounts, and no accounts at all when sssd is not running. If it is required, sessions of these accounts do not start.',
  remedy:
    'put `account sufficient pam_rootok.so` before it, or let local accounts pass: `account sufficient pam_localuser.so`',
  trial: 'sssd-account.test.ts',
  find: (situation) => {
    const sss = modulesOf(situation.profile, 'account').find(isSss);
    if (situation.purpose === 'login' || sss === undefined || passesLocally(situation)) return [];
    const none = situation.facts.sssd === false;
    const who = none ? 'any account because sssd is not set up' : 'a local account';
    const message = `wanted account rules that let ${none ? 'accounts' : 'local accounts'} pass, got ${sss.name}, which does not know ${who}`;
    const fix = 'account sufficient pam_rootok.so';
    return [{ origin: sss.origin, message, fix, ...(none ? { level: 'error' as const } : {}) }];
  },
};

const isSss = ({ name }: Module): boolean => name === 'pam_sss.so';

/** Whether a local account passes although pam_sss does not know it. */
function passesLocally({ profile }: Situation): boolean {
  const says = (module: Module) => (isSss(module) ? 'user_unknown' : atBest(module));
  const entries = profile.stacks.account;
  const best = findPlay(entries, ({ allowed }) => allowed, atBest);
  return best === null || findPlay(entries, ({ allowed }) => allowed, says) !== null;
}
