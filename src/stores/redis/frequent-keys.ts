const COUNTED_READS = 16;

/** Number of the counted reads that need a key if it is frequent. Of each kind of key, at most four are. */
const MIN_USES = 4;

/** The keys that many of the last reads needed, so that the next read probably needs them, too. */
export class FrequentKeys {
  readonly #reads: (readonly string[])[] = [];
  readonly #uses = new Map<string, number>();
  readonly #frequent = new Set<string>();

  get all(): ReadonlySet<string> {
    return this.#frequent;
  }

  /** Counts a read. @param keys the keys that it needed, each once */
  count(keys: readonly string[]): void {
    this.#reads.push(keys);
    for (const key of keys) this.#add(key, 1);
    if (this.#reads.length <= COUNTED_READS) return;
    for (const key of this.#reads.shift() ?? []) this.#add(key, -1);
  }

  #add(key: string, change: 1 | -1): void {
    const uses = (this.#uses.get(key) ?? 0) + change;
    if (uses === 0) this.#uses.delete(key);
    else this.#uses.set(key, uses);
    if (uses >= MIN_USES) this.#frequent.add(key);
    else this.#frequent.delete(key);
  }
}
