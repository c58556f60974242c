/** Finds pairs of options whose values are valid one by one but contradict each other. config.c has the same list. */
import type { Configuration, OptionKey } from './options.ts';

export interface Clash {
  readonly keys: readonly [OptionKey, OptionKey];
  /** What the two options need, what they have, and what to do. */
  readonly wanted: string;
}

export function findClashes(values: Configuration): Clash[] {
  const found: Clash[] = [];
  if (values['www-port'] === values['www-session-port'])
    found.push({
      keys: ['www-port', 'www-session-port'],
      wanted: 'two ports, got one for both; change one',
    });
  if ((values['ssl-certificate'] === '') !== (values['ssl-certificate-key'] === ''))
    found.push({
      keys: ['ssl-certificate', 'ssl-certificate-key'],
      wanted: 'both or neither, got one; set the other too',
    });
  // pam_rootok, which a session profile needs, would let everybody sign in without a password.
  if (values['auth-pam-profile'] === values['auth-pam-sessions-profile'])
    found.push({
      keys: ['auth-pam-profile', 'auth-pam-sessions-profile'],
      wanted: 'two profiles, got one for both; change one',
    });
  return found;
}
