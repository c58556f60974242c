/** Stacks that nobody passes, or everybody. */
import type { Jump, Played } from '../play.ts';
import { jumpFrom } from '../play.ts';
import {
  type Defect,
  lineOf,
  type Rule,
  type Situation,
  usedFacilities,
  without,
} from '../rule.ts';
import { type Entry, type Facility, isModule, type Module, type Origin } from '../stack.ts';
import { atBest, findPlay, unproven } from '../what-if.ts';

const TRIAL = 'verdicts.test.ts';

export const nobodyPasses: Rule = {
  code: 'nobody-passes',
  level: 'error',
  why: 'Even when every module says yes this stack does not: it denies, or no module that counts says anything.',
  mend: 'let a module decide: jump over pam_deny onto pam_permit, or remove the line that denies',
  trial: TRIAL,
  find: (situation) =>
    usedFacilities(situation.purpose)
      // What changes passwords is not asked at every sign-in.
      .filter((facility) => facility !== 'password')
      .flatMap((facility) => findClosed(situation, facility)),
};

function findClosed({ profile }: Situation, facility: Facility): Defect[] {
  const entries = profile.stacks[facility];
  if (entries.some((entry) => isModule(entry) && entry.broken)) return [];
  if (entries.length === 0 || tooFar(entries).length > 0) return [];
  if (findPlay(entries, ({ allowed }) => allowed, atBest) !== null) return [];
  const played = findPlay(entries, () => true, atBest);
  const module = played?.decider ?? played?.jumps.at(-1)?.from ?? entries.find(isModule);
  if (module === undefined) return [];
  const denies = played?.decider?.name === 'pam_deny.so';
  const came = denies ? `${module.name}, which denies everyone` : 'a stack that ends undecided';
  const fix = denies ? without(module) : `${facility} required pam_permit.so`;
  return [
    { origin: module.origin, message: `wanted a way through ${facility}, came ${came}`, fix },
  ];
}

export const jumpPastEnd: Rule = {
  code: 'jump-past-end',
  level: 'error',
  why: 'A jump over more modules than there are makes libpam deny, whatever the modules said.',
  mend: 'jump over as many modules as follow, at most',
  trial: TRIAL,
  find: ({ profile, purpose }) =>
    usedFacilities(purpose).flatMap((facility) =>
      tooFar(profile.stacks[facility]).map(({ module, count, most }) => ({
        origin: module.origin,
        message: `wanted a jump over at most ${most} modules, came one over ${count}`,
        fix: lineOf(module, { control: withJump(module, count, most) }),
      })),
    ),
};

interface TooFar {
  readonly module: Module;
  readonly count: number;
  readonly most: number;
}

function tooFar(entries: readonly Entry[]): TooFar[] {
  return entries.flatMap((module, index) => {
    if (!isModule(module)) return [];
    const counts = new Set(
      Object.values(module.actions).filter((action) => typeof action === 'number'),
    );
    return [...counts]
      .filter((count) => jumpFrom(entries, index, count).tooFar)
      .map((count) => ({ module, count, most: mostJump(entries, index) }));
  });
}

function mostJump(entries: readonly Entry[], from: number): number {
  let most = 0;
  while (!jumpFrom(entries, from, most + 1).tooFar) most++;
  return most;
}

function withJump({ control }: Module, count: number, most: number): string {
  return control.replaceAll(
    new RegExp(`=(\\s*)0*${count}\\b`, 'g'),
    most === 0 ? '=ignore' : `=${most}`,
  );
}

/** How somebody who proves nothing gets through. */
interface Opening {
  readonly decider: Module;
  /** Taken by a module that failed, over pam_deny. */
  readonly skipped: Jump | null;
}

function findOpening(entries: readonly Entry[]): Opening | null {
  const played = findPlay(entries, ({ allowed }) => allowed, unproven);
  const decider = played?.endedBy ?? played?.decider;
  return decider == null ? null : { decider, skipped: jumpOverDeny(played!) };
}

function jumpOverDeny({ jumps }: Played): Jump | null {
  const skips = ({ from, over }: Jump): boolean =>
    unproven(from) === 'auth_err' && over.some(({ name }) => name === 'pam_deny.so');
  return jumps.find(skips) ?? null;
}

function openings(wanted: (opening: Opening) => boolean) {
  return ({ profile, purpose }: Situation): Opening[] => {
    if (purpose === 'session') return [];
    const opening = findOpening(profile.stacks.auth);
    return opening !== null && wanted(opening) ? [opening] : [];
  };
}

const isRootok = ({ decider }: Opening): boolean => decider.name === 'pam_rootok.so';
const asks = `a profile that asks who signs in`;

export const rootokInLogin: Rule = {
  code: 'rootok-in-login',
  level: 'error',
  why: 'PAM is always called by root here, so pam_rootok says yes to everybody: any name signs in without a password.',
  mend: 'remove the line; pam_rootok belongs into the session profile',
  trial: TRIAL,
  find: (situation) =>
    situation.purpose !== 'login'
      ? []
      : openings(isRootok)(situation).map(({ decider }) => ({
          origin: decider.origin,
          message: `wanted ${asks}, came pam_rootok.so, which lets everyone in`,
          fix: without(decider),
        })),
};

export const jumpSkipsDeny: Rule = {
  code: 'jump-skips-deny',
  level: 'error',
  why: 'The jump that should be taken when the module says yes is taken when it says no, over the pam_deny that should stop it.',
  mend: 'jump on success alone: [success=N default=ignore]',
  trial: TRIAL,
  find: (situation) => [
    ...openings((opening) => opening.skipped !== null && !isRootok(opening))(situation).map(
      ({ skipped }) => skipping(skipped!, situation),
    ),
    ...accountSkips(situation),
  ],
};

function accountSkips(situation: Situation): Defect[] {
  const skipped = findOpening(situation.profile.stacks.account)?.skipped ?? null;
  return skipped === null ? [] : [skipping(skipped, situation)];
}

function skipping({ from, over }: Jump, { profile }: Situation): Defect {
  const entries = profile.stacks[from.facility];
  const deny = over.findIndex(({ name }) => name === 'pam_deny.so');
  const count = Object.values(from.actions).find((action) => typeof action === 'number') ?? 1;
  const most = Math.min(count, mostJump(entries, entries.indexOf(from)));
  return {
    origin: from.origin,
    message: `wanted a failure of ${from.name} to end at pam_deny.so, came a jump over it (${placeOf(over[deny]!)})`,
    fix: lineOf(from, { control: `success=${most} default=ignore` }),
  };
}

const placeOf = ({ origin }: { readonly origin: Origin }): string =>
  `${origin.file}:${origin.line}`;

export const nobodyAsked: Rule = {
  code: 'nobody-asked',
  level: 'error',
  why: 'When all modules that ask for a proof say no, another one still says yes: whoever knows a name signs in.',
  mend: 'end the modules that ask with pam_deny, or make one of them required',
  trial: TRIAL,
  find: (situation) =>
    openings((opening) => opening.skipped === null && !isRootok(opening))(situation).map(
      ({ decider }) => ({
        origin: decider.origin,
        message: `wanted ${asks}, came ${decider.name}, which says yes without a proof`,
        fix: decider.control === 'sufficient' ? without(decider) : 'auth requisite pam_deny.so',
        ...(decider.name === 'pam_succeed_if.so' ? { level: 'warning' as const } : {}),
      }),
    ),
};
