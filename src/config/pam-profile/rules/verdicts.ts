/** Stacks that let nobody in, or everybody. */
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
  why: 'This stack fails even when every module succeeds: it denies, or no module decides.',
  remedy: 'let a module decide: jump over pam_deny to pam_permit, or remove the line that denies',
  trial: TRIAL,
  find: (situation) =>
    usedFacilities(situation.purpose)
      // Password rules are not called at every sign-in.
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
  const got = denies
    ? `${module.name}, which denies everyone`
    : 'a stack in which no module decides';
  const fix = denies ? without(module) : `${facility} required pam_permit.so`;
  return [
    {
      origin: module.origin,
      message: `wanted ${facility} rules that can succeed, got ${got}`,
      fix,
    },
  ];
}

export const jumpPastEnd: Rule = {
  code: 'jump-past-end',
  level: 'error',
  why: 'If a jump leads past the last module, libpam denies, whatever the modules returned.',
  remedy: 'jump over at most as many modules as follow',
  trial: TRIAL,
  find: ({ profile, purpose }) =>
    usedFacilities(purpose).flatMap((facility) =>
      tooFar(profile.stacks[facility]).map(({ module, count, most }) => ({
        origin: module.origin,
        message: `wanted a jump over at most ${most} modules, got one over ${count}`,
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

/** How a user who proves nothing gets in. */
interface Opening {
  readonly decider: Module;
  /** The jump over pam_deny that a failed module takes, if there is one. */
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
  why: 'The caller of PAM is always root here, so pam_rootok always succeeds: anybody can sign in as any user without a password.',
  remedy: 'remove the line; pam_rootok belongs in the session profile',
  trial: TRIAL,
  find: (situation) =>
    situation.purpose !== 'login'
      ? []
      : openings(isRootok)(situation).map(({ decider }) => ({
          origin: decider.origin,
          message: `wanted ${asks}, got pam_rootok.so, which lets everyone in`,
          fix: without(decider),
        })),
};

export const jumpSkipsDeny: Rule = {
  code: 'jump-skips-deny',
  level: 'error',
  why: 'The jump over pam_deny should be taken when the module succeeds. Here it is taken when the module fails.',
  remedy: 'jump on success only: [success=N default=ignore]',
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
    message: `wanted a failure of ${from.name} to end at pam_deny.so, got a jump over it (${placeOf(over[deny]!)})`,
    fix: lineOf(from, { control: `success=${most} default=ignore` }),
  };
}

const placeOf = ({ origin }: { readonly origin: Origin }): string =>
  `${origin.file}:${origin.line}`;

export const nobodyAsked: Rule = {
  code: 'nobody-asked',
  level: 'error',
  why: 'When all modules that ask for a proof fail, another one still succeeds: a user name is enough to sign in.',
  remedy: 'put pam_deny after the modules that ask, or make one of them required',
  trial: TRIAL,
  find: (situation) =>
    openings((opening) => opening.skipped === null && !isRootok(opening))(situation).map(
      ({ decider }) => ({
        origin: decider.origin,
        message: `wanted ${asks}, got ${decider.name}, which succeeds without a proof`,
        fix: decider.control === 'sufficient' ? without(decider) : 'auth requisite pam_deny.so',
        ...(decider.name === 'pam_succeed_if.so' ? { level: 'warning' as const } : {}),
      }),
    ),
};
