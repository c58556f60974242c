/** What cannot be right between two options that are each right by themselves. config.c has the same list. */
import type { Configuration, OptionKey } from './options.ts';

export interface Clash {
  readonly keys: readonly [OptionKey, OptionKey];
  readonly text: string;
}

export function findClashes(values: Configuration): Clash[] {
  const found: Clash[] = [];
  const port = values['www-port'];
  if (port === values['www-session-port'])
    found.push({
      keys: ['www-port', 'www-session-port'],
      text: `'www-port' and 'www-session-port' wanted two ports, came ${port} for both; change one`,
    });
  if ((values['ssl-certificate'] === '') !== (values['ssl-certificate-key'] === ''))
    found.push({
      keys: ['ssl-certificate', 'ssl-certificate-key'],
      text: "'ssl-certificate' and 'ssl-certificate-key' wanted both or neither, came one; set the other too",
    });
  // pam_rootok, which a session profile needs, would let everybody sign in without a password.
  const profile = values['auth-pam-profile'];
  if (profile === values['auth-pam-sessions-profile'])
    found.push({
      keys: ['auth-pam-profile', 'auth-pam-sessions-profile'],
      text: `'auth-pam-profile' and 'auth-pam-sessions-profile' wanted two profiles, came '${profile}' for both; change one`,
    });
  return found;
}
