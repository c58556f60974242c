/** What a profile says, in words: each module in order, what follows from its results, what it does here. */
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
  type Origin,
  type Profile,
} from './stack.ts';
import { atBest, findPlay } from './what-if.ts';

export interface Explanation {
  readonly service: string;
  readonly file: string;
  /** Null: there is no such profile, and libpam uses `other`. */
  readonly other: string | null;
  readonly facilities: readonly ExplainedFacility[];
  readonly problems: readonly LineProblem[];
}
export interface ExplainedFacility {
  readonly facility: Facility;
  readonly when: string;
  /** libpam takes the rules of `other`. */
  readonly borrowed: boolean;
  readonly modules: readonly ExplainedModule[];
}
export interface ExplainedModule extends Origin {
  /** The include lines that led here, outermost first. */
  readonly through: readonly Origin[];
  /** How many substacks it is inside of. */
  readonly level: number;
  readonly control: string;
  readonly words: string;
  readonly module: string;
  readonly args: readonly string[];
  readonly meaning: string;
  /** Whether it is called when all goes well; of auth in a session, too. */
  readonly reached: boolean;
}

const WHEN: Readonly<Record<Facility, string>> = {
  auth: 'who it is: at the sign-in, and before a session opens; credentials are set by the modules that were called',
  account: 'whether the account may: after auth, at the sign-in and before each session',
  password: 'an expired password is changed, at the sign-in only',
  session: 'what a session gets, and what is undone at its end; not at the sign-in',
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
      ? 'libpam cannot read this line: it always fails'
      : mean(entry, facts);
    const reached = best?.called.includes(entry) ?? true;
    const about = { through, level, control, words, module: path, args, meaning, reached };
    return [{ ...origin, ...about }];
  });
}

function mean({ name, path, facility }: Module, { modules }: Facts): string {
  const known = knowModule(name);
  if (modules !== null && !path.includes('/') && !modules.includes(name))
    return 'its file is missing: it counts as a failure';
  if (known === null) return 'a module that this program does not know';
  if (!known.facilities.includes(facility)) return `does nothing in ${facility}: it fails`;
  return meaningOf(name, facility) ?? known.meaning;
}

/** Results with the same consequence together; the most frequent one is that of anything else. */
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
    ok: 'counts as yes',
    done: `counts as yes and ends ${whole}, unless one before it counted as no`,
    bad: 'counts as no, the rest is still called',
    die: `counts as no and ends ${whole}`,
    reset: 'what was said before is forgotten',
  }[action];
}

function describeJump(entries: readonly Entry[], index: number, count: number): string {
  const { tooFar, landing, over } = jumpFrom(entries, index, count);
  const skipped = over.map(({ name }) => name).join(', ');
  if (tooFar) return `jumps over ${count}, past the end: counts as no`;
  if (landing === null) return `jumps over ${skipped} to the end`;
  const name = isModule(landing) ? landing.name : `the substack ${landing.target}`;
  return `jumps over ${skipped} to ${name} (${at(landing.origin)})`;
}
