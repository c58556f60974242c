/** What a profile of a machine begins with: the lines of docs/admin/pam-profiles.md, with the files that it has. */
import { findFile } from './load-file.ts';
import type { Purpose, Situation } from './rule.ts';
import type { Facility } from './stack.ts';

/** The lines that lead to what all services of a machine have in common, for a type. */
type Shared = (facility: Facility) => readonly string[];

export function recommendedLines(situation: Situation): readonly string[] {
  const shared = sharedOf(situation);
  return LINES[situation.purpose](shared, situation.facts.at_include_supported === true);
}

const opening = (shared: Shared, isDebian: boolean): readonly string[] => [
  'session required pam_env.so readenv=1',
  ...(isDebian ? ['session required pam_env.so readenv=1 envfile=/etc/default/locale'] : []),
  'session required pam_limits.so',
  ...shared('auth'),
  ...shared('account'),
  ...shared('session'),
];
const LINES: Readonly<Record<Purpose, (shared: Shared, isDebian: boolean) => readonly string[]>> = {
  login: (shared) => [
    ...shared('auth'),
    'account required pam_nologin.so',
    ...shared('account'),
    ...shared('password'),
  ],
  session: (shared, isDebian) => ['auth sufficient pam_rootok.so', ...opening(shared, isDebian)],
  'session-with-password': opening,
};

function sharedOf({ files, directories, facts, profile }: Situation): Shared {
  const isThere = (name: string): boolean => findFile(files, directories, name) !== null;
  return (facility) => {
    const common = `common-${facility}`;
    if (isThere(common))
      return [facts.at_include_supported ? `@include ${common}` : `${facility} include ${common}`];
    if (isThere('password-auth')) return asRedHat(facility, isThere('postlogin'));
    return [`${facility} ${profile.other === null ? 'required pam_unix.so' : 'include other'}`];
  };
}

/** A substack: postlogin is called though the password sufficed. */
function asRedHat(facility: Facility, hasPostlogin: boolean): readonly string[] {
  const first = `${facility} ${facility === 'auth' ? 'substack' : 'include'} password-auth`;
  const isBoth = hasPostlogin && (facility === 'auth' || facility === 'session');
  return isBoth ? [first, `${facility} include postlogin`] : [first];
}
