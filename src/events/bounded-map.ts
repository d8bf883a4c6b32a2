/** A map that ignores new keys once it holds `maxSize` of them. Existing keys can still be updated. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #maxSize: number;

  constructor(maxSize: number) {
    super();
    this.#maxSize = maxSize;
  }

  override set(key: K, value: V): this {
    return this.size >= this.#maxSize && !this.has(key) ? this : super.set(key, value);
  }
}
