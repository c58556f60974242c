/** Modules that do not exist, or have no function for the type of their line. */
import { knowModule } from '../known-modules.ts';
import {
  type Defect,
  type Level,
  lineOf,
  type Rule,
  type Situation,
  usedFacilities,
  without,
} from '../rule.ts';
import { type Module, modulesOf } from '../stack.ts';
import { atBest, findPlay } from '../what-if.ts';

const TRIAL = 'modules.test.ts';

/** Modules that were replaced by others. */
const SUCCESSORS: Readonly<Record<string, string>> = {
  'pam_tally.so': 'pam_faillock.so',
  'pam_tally2.so': 'pam_faillock.so',
  'pam_cracklib.so': 'pam_pwquality.so',
  'pam_lastlog.so': 'pam_lastlog2.so',
  'pam_stack.so': 'include',
  'pam_unix2.so': 'pam_unix.so',
};

export const moduleMissing: Rule = {
  code: 'module-missing',
  level: 'error',
  why: 'A module that libpam cannot load returns “module unknown”, which is a failure if the module is required. A “-” before the type only keeps it out of the log.',
  remedy:
    'install its package, or remove the line; `[success=ok module_unknown=ignore default=bad]` makes it optional',
  trial: TRIAL,
  find: (situation) =>
    inUse(situation)
      .filter((module) => isMissing(module, situation))
      .flatMap((module) => unusable(module, situation, missing(module, situation))),
};

function missing(module: Module, { facts }: Situation): Pick<Defect, 'message' | 'fix'> {
  const successor = SUCCESSORS[module.name];
  const known = facts.modules?.includes(successor ?? '') === true;
  const where = module.path.startsWith('/') ? '' : ` in ${facts.modules_dir ?? 'its directory'}`;
  const gone = successor === undefined ? '' : `; it was replaced by ${successor}`;
  return {
    message: `wanted the module ${module.path}, got no such file${where}${gone}`,
    fix: known ? lineOf(module, { path: successor! }) : without(module),
  };
}

export const wrongFacility: Rule = {
  code: 'wrong-type',
  level: 'error',
  why: 'A module that has no function for this type returns “module unknown”: if it is required this is a failure, if it is optional the line has no effect.',
  remedy: 'change the type of the line to one that the module supports',
  trial: TRIAL,
  find: (situation) =>
    inUse(situation).flatMap((module) => {
      const known = knowModule(module.name);
      if (known === null || known.facilities.includes(module.facility)) return [];
      const has = known.facilities.join(' and ');
      const message = `wanted a module for ${module.facility}, got ${module.name}, which supports ${has} only`;
      const fix = lineOf(module, { facility: known.facilities[0]! });
      return isMissing(module, situation) ? [] : unusable(module, situation, { message, fix });
    }),
};

function inUse({ profile, purpose }: Situation): Module[] {
  const all = usedFacilities(purpose).flatMap((facility) => modulesOf(profile, facility));
  const seen = new Set<string>();
  return all.filter(({ broken, facility, origin: { file, line } }) => {
    const key = `${facility} ${file}:${line}`;
    return !broken && !seen.has(key) && seen.add(key);
  });
}

function isMissing({ path, name }: Module, { facts, files }: Situation): boolean {
  const { modules, modules_dir } = facts;
  // Of the directories of another machine only the facts are known.
  if (modules === null || path.includes('$ISA')) return false;
  if (path.startsWith('/') && path !== `${modules_dir}/${name}`)
    return files.isWhole() && !files.exists(path);
  if (!path.startsWith('/') && path.includes('/')) return false;
  return !modules.includes(name) && !modules.includes(name.replace(/\.so$/, ''));
}

/** An error when it makes the stack fail, else a warning; nothing when the line is written for a missing module. */
function unusable(
  module: Module,
  { profile }: Situation,
  words: Pick<Defect, 'message' | 'fix'>,
): Defect[] {
  const says = (other: Module) => (other === module ? 'module_unknown' : atBest(other));
  const entries = profile.stacks[module.facility];
  const passes = findPlay(entries, ({ allowed }) => allowed, says) !== null;
  const passed = findPlay(entries, ({ allowed }) => allowed, atBest) !== null;
  if (passes && (module.silent || !isOptional(module))) return [];
  const level: Level = passes || !passed ? 'warning' : 'error';
  return [{ origin: module.origin, ...words, level }];
}

/** Whether a missing module has the same effect as a failing one, as with `optional`. */
function isOptional({ actions }: Module): boolean {
  return actions.module_unknown === actions.system_err;
}
