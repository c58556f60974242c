/** Checks a profile against all rules, for one purpose. */
import { profileDirectories } from './directories.ts';
import type { Facts } from './facts.ts';
import { findFacts } from './find-facts.ts';
import { loadProfile } from './load-profile.ts';
import { RootFiles } from './root-files.ts';
import type { Level, Place, Purpose } from './rule.ts';
import { RULES } from './rules.ts';
import type { Profile } from './stack.ts';

/** What `vestibule pam check --json` writes. */
export interface ProfileFinding extends Place {
  readonly level: Level;
  readonly code: string;
  readonly message: string;
  readonly why: string;
  /** Several lines: each is to be written. */
  readonly fix: string;
}
export interface CheckWish {
  readonly service: string;
  readonly purpose: Purpose;
  /** The directory to use as /. */
  readonly root: string;
  /** Facts that are known already; the others are looked up. */
  readonly facts: Partial<Facts>;
}

const LEVELS: readonly Level[] = ['error', 'warning', 'info'];

/** Errors first, then by file and line. */
export function checkProfile(wish: CheckWish): ProfileFinding[] {
  const files = new RootFiles(wish.root);
  const facts = findFacts(files, wish.facts);
  const directories = profileDirectories(facts.distribution);
  const profile = loadProfile(files, directories, wish.service);
  const purpose = purposeOf(wish.purpose, facts);
  const situation = { profile, purpose, facts, files, directories };
  const found = RULES.flatMap(({ code, level, why, find }) =>
    find(situation).map((defect): ProfileFinding => {
      const { message, fix, origin } = defect;
      return { ...origin, level: defect.level ?? level, code, message, why, fix };
    }),
  );
  return found.sort(compare);
}

/** Loads a profile as checkProfile does. */
export function openProfile({ service, root, facts }: Omit<CheckWish, 'purpose'>): Profile {
  const files = new RootFiles(root);
  const { distribution } = findFacts(files, facts);
  return loadProfile(files, profileDirectories(distribution), service);
}

/** A session profile is checked as one with a password when the facts say that sessions get the password. */
function purposeOf(purpose: Purpose, { auth_pam_sessions_use_password }: Facts): Purpose {
  const given = purpose === 'session' && auth_pam_sessions_use_password === true;
  return given ? 'session-with-password' : purpose;
}

function compare(one: ProfileFinding, other: ProfileFinding): number {
  const level = LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level);
  return level || one.file.localeCompare(other.file) || (one.line ?? 0) - (other.line ?? 0);
}
