/** Medians and what lies around them. */
export type Samples = readonly number[];

export function median(samples: Samples): number {
  return percentile(samples, 50);
}

/** The nearest rank; NaN of nothing. */
export function percentile(samples: Samples, percent: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  if (percent === 50 && sorted.length % 2 === 0 && sorted.length > 0) {
    return (sorted[sorted.length / 2 - 1]! + sorted[sorted.length / 2]!) / 2;
  }
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

export function spread(samples: Samples): { n: number; low: number; high: number } {
  return { n: samples.length, low: Math.min(...samples), high: Math.max(...samples) };
}

export function sum(values: Samples): number {
  return values.reduce((a, b) => a + b, 0);
}

/** Milliseconds that the work took. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

/** Each side in turn, so that what the machine does besides meets all of them alike. The first round is not counted. */
export async function alternate(
  rounds: number,
  sides: readonly ((() => Promise<number>) | null)[],
): Promise<(Samples | null)[]> {
  const taken = sides.map((side) => (side === null ? null : ([] as number[])));
  for (let round = 0; round <= rounds; round++) {
    for (const [at, side] of sides.entries()) {
      if (side === null) continue;
      const came = await side();
      if (round > 0) taken[at]!.push(came);
    }
  }
  return taken;
}
