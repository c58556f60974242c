/** Checks the two PAM profiles when the server starts. An error keeps the server from starting. */
import type { Finding } from './finding.ts';
import type { Configuration } from './load.ts';
import { checkProfile, type ProfileFinding } from './pam-profile/check.ts';
import type { Facts } from './pam-profile/facts.ts';
import type { Purpose } from './pam-profile/rule.ts';
import { RULES } from './pam-profile/rules.ts';

const UNSAFE = new Set(RULES.filter(({ unsafe }) => unsafe === true).map(({ code }) => code));

/** root, facts: set by tests. */
export function checkProfiles(
  values: Configuration,
  root = '',
  facts: Partial<Facts> = {},
): Finding[] {
  const check = (service: string, purpose: Purpose): ProfileFinding[] =>
    checkProfile({ service, purpose, root, facts }).filter(({ level }) => level !== 'info');
  const login = check(values['auth-pam-profile'], 'login');
  const session = check(values['auth-pam-sessions-profile'], 'session');
  // When sessions cannot start, people can still sign in and read the reason.
  const milder = session.map((finding): ProfileFinding => {
    return UNSAFE.has(finding.code) ? finding : { ...finding, level: 'warning' };
  });
  return [...login, ...milder].map(({ level, file, line, message, fix }) => ({
    level: level === 'error' ? 'error' : 'warning',
    file,
    line,
    text: `${message}; to fix it${fixOf(fix)}`,
  }));
}

function fixOf(fix: string): string {
  const lines = fix.split('\n');
  if (lines.length === 1) return `: ${fix}`;
  return `, write ${lines.map((line) => `'${line}'`).join(', ')}, each on a line`;
}
