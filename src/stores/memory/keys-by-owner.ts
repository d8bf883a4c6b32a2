/** Keys of records by their owner, each owner's in the order in which they were added. */
export class KeysByOwner<K> {
  readonly #keys = new Map<string, Set<K>>();

  add(owner: string, key: K): void {
    const own = this.#keys.get(owner);
    if (own === undefined) this.#keys.set(owner, new Set([key]));
    else own.add(key);
  }

  delete(owner: string, key: K): void {
    const own = this.#keys.get(owner);
    own?.delete(key);
    if (own?.size === 0) this.#keys.delete(owner);
  }

  /** Returns the oldest key of an owner that has at least `count`. */
  oldestOf(owner: string, count: number): K | undefined {
    const own = this.#keys.get(owner);
    const [oldest] = own === undefined || own.size < count ? [] : own;
    return oldest;
  }

  of(owner: string): Iterable<K> {
    return this.#keys.get(owner) ?? [];
  }
}
