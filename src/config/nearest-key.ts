/** Finds the option that an unknown key was probably meant to be. */
import { OPTION_KEYS, type OptionKey } from './options.ts';

/** Keys with a larger edit distance are not suggested. */
const MAX_EDITS = 3;
/** Longer unknown keys are not compared, bytes. */
const MAX_COMPARED = 64;

/** The option with the smallest edit distance to this key; the first one of several. */
export function nearestKey(key: string): OptionKey | undefined {
  const wanted = Buffer.from(key);
  if (wanted.length > MAX_COMPARED) return undefined;
  let nearest: OptionKey | undefined;
  let fewest = MAX_EDITS + 1;
  for (const option of OPTION_KEYS) {
    const edits = countEdits(wanted, Buffer.from(option));
    if (edits >= fewest) continue;
    nearest = option;
    fewest = edits;
  }
  return nearest;
}

/** The Levenshtein distance. */
function countEdits(from: Uint8Array, to: Uint8Array): number {
  const row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, byte] of from.entries()) {
    let diagonal = index;
    row[0] = index + 1;
    for (const [column, other] of to.entries()) {
      const above = row[column + 1] ?? 0;
      const changed = diagonal + (byte === other ? 0 : 1);
      row[column + 1] = Math.min(above + 1, (row[column] ?? 0) + 1, changed);
      diagonal = above;
    }
  }
  return row[to.length] ?? 0;
}
