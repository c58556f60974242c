/** Profiles that do not exist or have no rules of a type: libpam then silently uses those of `other`. */
import { recommendedLines } from '../recommended.ts';
import { type Rule, usedFacilities } from '../rule.ts';

const TRIAL = 'missing-profile.test.ts';

export const missingProfile: Rule = {
  code: 'profile-missing',
  level: 'warning',
  why: 'For a service without a profile libpam silently uses the profile `other`. If that does not exist either, everybody is refused.',
  remedy: 'create the profile, with the lines that the check shows',
  trial: TRIAL,
  find: (situation) => {
    const { profile, directories } = situation;
    if (profile.own !== null) return [];
    const { service, file, other } = profile;
    const got =
      other === null
        ? `neither it nor 'other' in ${directories.join(', ')}`
        : `no such file: PAM uses 'other' (${other.file})`;
    const message = `wanted a PAM profile '${service}', got ${got}`;
    const fix = recommendedLines(situation).join('\n');
    const level = other === null ? 'error' : 'warning';
    return [{ origin: { file, line: null }, message, fix, level }];
  },
};

export const borrowedType: Rule = {
  code: 'type-from-other',
  level: 'info',
  why: 'When a profile has no rules of a type, libpam silently uses those of `other`.',
  remedy: 'add rules of that type',
  trial: TRIAL,
  find: ({ profile, purpose }) => {
    const { own, other } = profile;
    if (own === null) return [];
    return usedFacilities(purpose)
      .filter((facility) => facility !== 'password' && profile.borrowed.includes(facility))
      .map((facility) => ({
        origin: { file: own.file, line: 1 },
        message: `wanted ${facility} rules, got none: PAM uses those of ${other?.file ?? "'other', which is missing"}`,
        fix: `${facility} include other`,
        ...(other === null ? { level: 'error' as const } : {}),
      }));
  },
};
