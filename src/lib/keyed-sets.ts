/** Sets by a key, such as listeners by user. A key without values is forgotten. */
export class KeyedSets<K, V> {
  private readonly sets = new Map<K, Set<V>>();

  /** Returns the release. */
  add(key: K, value: V): () => void {
    const values = this.sets.get(key) ?? new Set();
    this.sets.set(key, values.add(value));
    return () => {
      values.delete(value);
      if (values.size === 0 && this.sets.get(key) === values) this.sets.delete(key);
    };
  }

  of(key: K): Iterable<V> {
    return this.sets.get(key) ?? [];
  }

  /** Those of a key, which has none from now on. */
  take(key: K): Iterable<V> {
    const values = this.of(key);
    this.sets.delete(key);
    return values;
  }
}
