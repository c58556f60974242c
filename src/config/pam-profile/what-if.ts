/** Simulates stacks where every module succeeds, or where nobody proves anything. */
import type { Result } from './control.ts';
import { unaskedOf } from './known-modules.ts';
import { type Played, playStack } from './play.ts';
import { type Entry, isModule, type Module } from './stack.ts';

/** At most so many conditions are tried in all combinations. */
const MOST_CONDITIONS = 6;

type Says = (module: Module) => Result | null;

/** Tries the outcomes of the conditions until one is as wanted. says: what the other modules return. */
export function findPlay(
  entries: readonly Entry[],
  wanted: (played: Played) => boolean,
  says: Says,
): Played | null {
  const conditions = entries
    .filter(isModule)
    .filter((module) => says(module) === null && unaskedOf(module.name) === 'condition')
    .slice(0, MOST_CONDITIONS);
  for (let way = 0; way < 2 ** conditions.length; way++) {
    const played = playStack(entries, (module) => {
      const index = conditions.indexOf(module);
      const isMet = index === -1 || (way & (1 << index)) === 0;
      return says(module) ?? (isMet ? 'success' : 'perm_denied');
    });
    if (wanted(played)) return played;
  }
  return null;
}

/** The user proves everything that a module asks for. */
export function atBest(module: Module): Result | null {
  if (module.name === 'pam_deny.so' || isFailureCounter(module)) return 'auth_err';
  return unaskedOf(module.name) === 'condition' ? null : 'success';
}

/** The user proves nothing. */
export function unproven(module: Module): Result | null {
  if (isFailureCounter(module)) return 'auth_err';
  const unasked = unaskedOf(module.name);
  if (unasked === 'asks') return 'auth_err';
  return unasked === 'condition' ? null : unasked;
}

/** The line of pam_faillock that counts a failure, and therefore fails. */
function isFailureCounter({ name, args }: Module): boolean {
  return name === 'pam_faillock.so' && args.includes('authfail');
}
