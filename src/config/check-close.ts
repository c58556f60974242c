/** Warns where the end of one session takes away what another session of the same user still uses. */
import type { Finding } from './finding.ts';
import type { LoadedConfiguration } from './load.ts';
import { openProfile } from './pam-profile/check.ts';
import type { Facts } from './pam-profile/facts.ts';
import { at, type Module } from './pam-profile/stack.ts';
import { findUncounted } from './pam-profile/uncounted.ts';

const KEY = 'auth-pam-sessions-close';
const HARM = "ending one session may unmount or destroy what the user's other sessions still use";

/** root, facts: set by tests. */
export function checkClose(
  { values, origins }: Pick<LoadedConfiguration, 'values' | 'origins'>,
  root = '',
  facts: Partial<Facts> = {},
): Finding[] {
  const origin = origins[KEY];
  const isShared = values['auth-pam-sessions-scope'] === 'user';
  if (values[KEY] !== '1' || origin === 'default' || isShared) return [];
  if (!values['auth-pam-sessions-enabled'] || values['auth-sessions-per-user'] === 1) return [];
  const service = values['auth-pam-sessions-profile'];
  const modules = findUncounted(openProfile({ service, root, facts }));
  if (modules.length === 0) return [];
  const text = describe(values['auth-sessions-per-user'], modules);
  return [{ level: 'warning', ...origin, text }];
}

function describe(most: number, modules: readonly Module[]): string {
  const found = modules.map(({ name, origin }) => `${name} (${at(origin)})`).join(', ');
  const which = modules.length === 1 ? 'which may not' : 'which may not all';
  return `'${KEY}' wanted, for users with up to ${most} sessions, a session profile whose modules count them, got ${found}, ${which} do so: ${HARM}; set it to last, or 'auth-sessions-per-user' to 1`;
}
