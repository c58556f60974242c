/** The start-up check of the two PAM profiles: what must keep the server from starting is an error. */
import type { Finding } from './finding.ts';
import type { Configuration } from './load.ts';
import { checkProfile, type ProfileFinding } from './pam-profile/check.ts';
import type { Facts } from './pam-profile/facts.ts';
import type { Purpose } from './pam-profile/rule.ts';
import { RULES } from './pam-profile/rules.ts';

const UNSAFE = new Set(RULES.filter(({ unsafe }) => unsafe === true).map(({ code }) => code));

/** root, facts: of tests. */
export function checkProfiles(
  values: Configuration,
  root = '',
  facts: Partial<Facts> = {},
): Finding[] {
  const check = (service: string, purpose: Purpose): ProfileFinding[] =>
    checkProfile({ service, purpose, root, facts }).filter(({ level }) => level !== 'info');
  const login = check(values['auth-pam-profile'], 'login');
  const session = check(values['auth-pam-sessions-profile'], 'session');
  // Without sessions people can still sign in and read why there are none.
  const milder = session.map((finding): ProfileFinding => {
    return UNSAFE.has(finding.code) ? finding : { ...finding, level: 'warning' };
  });
  return [...login, ...milder].map(({ level, file, line, message, fix }) => ({
    level: level === 'error' ? 'error' : 'warning',
    file,
    line,
    text: `${message}; mend it: ${fix}`,
  }));
}
