/** What a row of the table is, and how one is made from samples. */
import { median, type Samples, spread } from './statistics.ts';

export interface Row {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  /** What it is compared with; null: with nothing. */
  readonly peer: string | null;
  readonly peerValue: number | null;
  /** value / peerValue */
  readonly ratio: number | null;
  readonly goal: string;
  /** null: there is no goal, or what it takes to judge it is not here. */
  readonly met: boolean | null;
  /** How many samples, and the lowest and highest of them: ours, the peer's. */
  readonly samples: Spread | null;
  readonly peerSamples: Spread | null;
  /** On both sides, on neither, or only ours; '-': nothing travels over a network. */
  readonly tls: 'both' | 'ours' | '-';
  readonly note: string;
}
export interface Spread {
  readonly n: number;
  readonly low: number;
  readonly high: number;
}

/** A goal judges a number against the peer's, or alone. */
export type Goal =
  | { readonly text: string; readonly ratio: number; readonly atLeast?: boolean }
  | { readonly text: string; readonly value: number; readonly atLeast?: boolean }
  | null;

export interface RowParts {
  readonly name: string;
  readonly unit: string;
  readonly goal: Goal;
  /** A number that is no median stands first, its samples behind it. */
  readonly ours: Samples | { readonly value: number; readonly of?: Samples };
  readonly peer?: string;
  /** null: it is not installed, or not measured in a quick run. */
  readonly theirs?: Samples | { readonly value: number; readonly of?: Samples } | null;
  readonly tls?: Row['tls'];
  readonly note?: string;
}

export function makeRow(parts: RowParts): Row {
  const { name, unit, goal, peer = null, theirs = null, tls = '-', note = '' } = parts;
  const [value, samples] = judgeSamples(parts.ours);
  const [peerValue, peerSamples] = theirs === null ? [null, null] : judgeSamples(theirs);
  const ratio = peerValue === null || peerValue === 0 ? null : value / peerValue;
  return {
    ...{ name, value, unit, peer, peerValue, ratio },
    goal: goal?.text ?? 'none',
    met: isMet(goal, value, ratio),
    ...{ samples, peerSamples, tls, note },
  };
}

/** A row that cannot be measured yet, and why. */
export function emptyRow(name: string, unit: string, goal: string, note: string): Row {
  return {
    ...{ name, value: null, unit, peer: null, peerValue: null, ratio: null, goal, met: null },
    ...{ samples: null, peerSamples: null, tls: '-', note },
  };
}

function judgeSamples(given: RowParts['ours']): [number, Spread | null] {
  if ('value' in given) return [given.value, given.of ? spread(given.of) : null];
  return [median(given), spread(given)];
}

function isMet(goal: Goal, value: number, ratio: number | null): boolean | null {
  if (goal === null) return null;
  const came = 'value' in goal ? value : ratio;
  if (came === null) return null;
  const wanted = 'value' in goal ? goal.value : goal.ratio;
  return goal.atLeast === true ? came >= wanted : came <= wanted;
}
