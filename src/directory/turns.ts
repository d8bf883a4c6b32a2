/**
 * Entries that take turns by key. An entry has a path of keys: the first keys take turns, and within the turn of a key
 * the keys below it do. So however many entries a key has, the other keys have their turns in between. Entries of the
 * same path keep their order. All paths have the same length.
 */
export class Turns<T> {
  readonly #waiting = new Set<T>();
  readonly #branches = new Map<string, Turns<T>>(); // in the order of their turns
  /** Number of entries of this path that are served. A key keeps its place in the order while one of its entries is. */
  #served = 0;
  /** The key that had the last turn. It follows the keys that were added since. */
  #last: string | undefined;

  get isEmpty(): boolean {
    return this.#waiting.size === 0 && this.#branches.size === 0 && this.#served === 0;
  }

  add([key, ...below]: readonly string[], entry: T): void {
    if (key === undefined) {
      this.#waiting.add(entry);
      return;
    }
    const branch = this.#branches.get(key) ?? new Turns<T>();
    this.#branches.set(key, branch);
    branch.add(below, entry);
  }

  /** Returns the entry whose turn it is, or `undefined` if none waits. */
  first(): T | undefined {
    const [entry] = this.#waiting;
    if (entry !== undefined) return entry;
    this.#endLastTurn();
    for (const branch of this.#branches.values()) {
      const first = branch.first(); // none, if all entries of this branch are being served
      if (first !== undefined) return first;
    }
    return undefined;
  }

  /**
   * Begins to serve an entry, whether or not it is the first. A key of its path has had its turn if the entry was the
   * first of that key. Otherwise the key keeps its turn: entries that are served elsewhere could put it off without end.
   */
  serve([key, ...below]: readonly string[], entry: T): void {
    if (key === undefined) {
      this.#waiting.delete(entry);
      this.#served += 1;
      return;
    }
    const branch = this.#branches.get(key);
    if (branch?.first() === entry) {
      this.#endLastTurn();
      this.#last = key;
    }
    branch?.serve(below, entry);
  }

  /** Ends the service of an entry of this path. */
  end(path: readonly string[]): void {
    this.#change(path, (leaf) => (leaf.#served -= 1));
  }

  /** Removes an entry that waits. */
  remove(path: readonly string[], entry: T): void {
    this.#change(path, (leaf) => leaf.#waiting.delete(entry));
  }

  #change([key, ...below]: readonly string[], change: (leaf: Turns<T>) => unknown): void {
    if (key === undefined) {
      change(this);
      return;
    }
    const branch = this.#branches.get(key);
    if (branch === undefined) return;
    branch.#change(below, change);
    if (branch.isEmpty) this.#branches.delete(key);
  }

  /** Moves the key that had the last turn to the end: only now, so that it is behind keys that were added since. */
  #endLastTurn(): void {
    const key = this.#last;
    const branch = key === undefined ? undefined : this.#branches.get(key);
    if (key === undefined || branch === undefined) return;
    this.#branches.delete(key);
    this.#branches.set(key, branch);
  }
}
