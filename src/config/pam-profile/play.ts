/** Simulates libpam's dispatcher on a stack, given what each module would return. */
import type { Action, Result } from './control.ts';
import { type Entry, isModule, type Module } from './stack.ts';

export interface Played {
  readonly allowed: boolean;
  /** The modules that were called, in order. */
  readonly called: readonly Module[];
  /** The module whose result became the result of the stack; null when none did. */
  readonly decider: Module | null;
  /** The module that ended the stack before its last line; null when none did. */
  readonly endedBy: Module | null;
  /** The jumps that were taken. */
  readonly jumps: readonly Jump[];
}
export interface Jump {
  readonly from: Module;
  readonly over: readonly Module[];
  /** Null: the end of the stack. */
  readonly landing: Entry | null;
  /** There were fewer modules than it should jump over. */
  readonly tooFar: boolean;
}

interface State {
  readonly impression: 'none' | 'good' | 'bad';
  readonly success: boolean;
  readonly decider: Module | null;
}
const UNDECIDED: State = { impression: 'none', success: false, decider: null };

export function playStack(entries: readonly Entry[], resultOf: (module: Module) => Result): Played {
  const called: Module[] = [];
  const jumps: Jump[] = [];
  const before: State[] = [UNDECIDED];
  let state = UNDECIDED;
  let endedBy: Module | null = null;
  let lastLevel = 0;
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]!;
    // Entering a substack: `reset` returns to this state.
    if (entry.level > lastLevel) before[entry.level] = state;
    lastLevel = entry.level;
    if (!isModule(entry)) continue;
    called.push(entry);
    const result = entry.broken ? 'perm_denied' : resultOf(entry);
    const action = entry.actions[result];
    if (typeof action === 'number') {
      const jump = jumpFrom(entries, index, action);
      jumps.push(jump);
      if (jump.tooFar) state = { impression: 'bad', success: false, decider: entry };
      index += jump.skipped;
      continue;
    }
    state = action === 'reset' ? before[entry.level]! : weigh(state, entry, action, result);
    const decided = action === 'die' || (action === 'done' && state.impression === 'good');
    if (!decided) continue;
    endedBy = entry;
    index = endOfLevel(entries, index, entry.level);
  }
  const allowed = state.impression === 'good' && state.success;
  return { allowed, called, decider: state.decider, endedBy, jumps };
}

function weigh(state: State, module: Module, action: Action, result: Result): State {
  if (action === 'ok' || action === 'done') {
    const open = state.impression === 'none' || (state.impression === 'good' && state.success);
    if (!open) return state;
    const success = result === 'success';
    // The first success decides; a later result only when it is not a success.
    const decider = state.impression === 'good' && success ? state.decider : module;
    return { impression: 'good', success, decider };
  }
  if ((action === 'bad' || action === 'die') && state.impression !== 'bad')
    return { impression: 'bad', success: false, decider: module };
  return state;
}

/** A substack counts as one module, and no jump leaves a substack. */
export function jumpFrom(
  entries: readonly Entry[],
  from: number,
  count: number,
): Jump & { readonly skipped: number } {
  const { level } = entries[from]!;
  let index = from;
  let left = count;
  while (left > 0 && (entries[index + 1]?.level ?? -1) >= level) {
    do index++;
    while ((entries[index + 1]?.level ?? -1) > level);
    left--;
  }
  const over = entries.slice(from + 1, index + 1).filter(isModule);
  const landing = entries[index + 1] ?? null;
  const module = entries[from] as Module;
  return { from: module, over, landing, tooFar: left > 0, skipped: index - from };
}

function endOfLevel(entries: readonly Entry[], from: number, level: number): number {
  let index = from;
  while ((entries[index + 1]?.level ?? -1) >= level) index++;
  return index;
}
