/** Explains a profile: each module in order, what it does here, and what libpam does with its results. */
import { type Action, RESULTS, type Result } from './control.ts';
import type { Facts } from './facts.ts';
import { knowModule, meaningOf } from './known-modules.ts';
import { jumpFrom } from './play.ts';
import {
  at,
  type Entry,
  FACILITIES,
  type Facility,
  isModule,
  type LineProblem,
  type Module,
  nameOf,
  type Origin,
  type Profile,
} from './stack.ts';
import { atBest, findPlay } from './what-if.ts';

export interface Explanation {
  readonly service: string;
  readonly file: string;
  /** The file of `other`, when libpam uses rules of it; null when it does not. */
  readonly other: string | null;
  readonly facilities: readonly ExplainedFacility[];
  readonly problems: readonly LineProblem[];
}
export interface ExplainedFacility {
  readonly facility: Facility;
  readonly when: string;
  /** libpam uses the rules of `other`. */
  readonly borrowed: boolean;
  readonly modules: readonly ExplainedModule[];
}
export interface ExplainedModule extends Origin {
  /** The include lines that led here, outermost first. */
  readonly through: readonly Origin[];
  /** Number of substacks around it. */
  readonly level: number;
  readonly control: string;
  readonly words: string;
  readonly module: string;
  readonly args: readonly string[];
  readonly meaning: string;
  /** Whether it is called when every module succeeds. */
  readonly reached: boolean;
}

const WHEN: Readonly<Record<Facility, string>> = {
  auth: 'checks who the user is: at sign-in, and before a session opens. The modules called here also set the credentials',
  account: 'checks whether the account may be used: after auth, at sign-in and before each session',
  password: 'changes an expired password; at sign-in only',
  session: 'sets up a session, and cleans up at its end; not at sign-in',
};

export function explainProfile(profile: Profile, facts: Facts): Explanation {
  const { service, file, own, other, borrowed } = profile;
  const read = [...(own?.problems ?? []), ...(borrowed.length > 0 ? (other?.problems ?? []) : [])];
  return {
    service,
    file,
    other: borrowed.length === 0 ? null : (other?.file ?? null),
    problems: read.filter(({ code }) => code !== 'at-include'),
    facilities: FACILITIES.map((facility) => ({
      facility,
      when: WHEN[facility],
      borrowed: borrowed.includes(facility),
      modules: explainModules(profile.stacks[facility], facts),
    })),
  };
}

function explainModules(entries: readonly Entry[], facts: Facts): ExplainedModule[] {
  const best = findPlay(entries, ({ allowed }) => allowed, atBest);
  return entries.flatMap((entry, index) => {
    if (!isModule(entry)) return [];
    const { origin, through, level, control, path, args } = entry;
    const words = explainActions(entries, index, entry);
    const meaning = entry.broken
      ? 'libpam cannot parse this line: it always fails'
      : mean(entry, facts);
    const reached = best?.called.includes(entry) ?? true;
    const about = { through, level, control, words, module: path, args, meaning, reached };
    return [{ ...origin, ...about }];
  });
}

function mean(module: Module, { modules }: Facts): string {
  const { name, path, facility } = module;
  const known = knowModule(name);
  if (modules !== null && !path.includes('/') && !modules.includes(name))
    return 'the file of the module is missing: it counts as a failure';
  if (known === null) return 'unknown to this program';
  if (!known.facilities.includes(facility)) return `has no function for ${facility}: it fails`;
  return meaningOf(module) ?? known.meaning;
}

/** Groups the results by consequence; the most frequent consequence is written as that of anything else. */
function explainActions(entries: readonly Entry[], index: number, module: Module): string {
  const groups = new Map<Action, Result[]>();
  for (const result of RESULTS) {
    const action = module.actions[result];
    groups.set(action, [...(groups.get(action) ?? []), result]);
  }
  const usual = usualAction(groups);
  const special = [...groups].filter(([action]) => action !== usual);
  const parts = special.map(
    ([action, results]) => `${results.join(', ')}: ${consequence(entries, index, action)}`,
  );
  const rest = groups.size === 1 ? 'whatever it returns' : 'anything else';
  return [...parts, `${rest}: ${consequence(entries, index, usual)}`].join('; ');
}

function usualAction(groups: ReadonlyMap<Action, readonly Result[]>): Action {
  return [...groups].reduce((most, group) => (group[1].length > most[1].length ? group : most))[0];
}

function consequence(entries: readonly Entry[], index: number, action: Action): string {
  const { level, facility } = entries[index]!;
  const whole = level === 0 ? facility : 'the substack';
  if (typeof action === 'number') return describeJump(entries, index, action);
  return {
    ignore: 'ignored',
    ok: 'counts as success',
    done: `counts as success and ends ${whole}, unless a module before it failed`,
    bad: 'counts as failure, the rest is still called',
    die: `counts as failure and ends ${whole}`,
    reset: 'results so far are discarded',
  }[action];
}

function describeJump(entries: readonly Entry[], index: number, count: number): string {
  const { tooFar, landing, over } = jumpFrom(entries, index, count);
  const skipped = over.map(nameOf).join(', ');
  if (tooFar) return `jumps over ${count} modules, past the end: counts as failure`;
  if (landing === null) return `jumps over ${skipped} to the end`;
  const name = isModule(landing) ? nameOf(landing) : `the substack ${landing.target}`;
  return `jumps over ${skipped} to ${name} (${at(landing.origin)})`;
}
