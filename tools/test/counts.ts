/** How many tests passed and were skipped, and what is said of each that failed. */
export interface Counts {
  readonly passed: number;
  /** Of each: where it stands, its name and its error, as text of one or more lines. */
  readonly failures: readonly string[];
  readonly skipped: number;
}
export const noCounts: Counts = { passed: 0, failures: [], skipped: 0 };

export function oneFailure(words: string): Counts {
  return { ...noCounts, failures: [words] };
}

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failures: [...a.failures, ...b.failures],
    skipped: a.skipped + b.skipped,
  };
}

export function countAll({ passed, failures, skipped }: Counts): number {
  return passed + failures.length + skipped;
}
