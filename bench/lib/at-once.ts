/** Work done by several at a time. */

/** Runs `work` for each item, so many at a time; what each gave, in the items' order. */
export async function atOnce<T, R>(
  workers: number,
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return results;
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
