/** A map that takes no further key when it is full, and goes on changing those that it has. */
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
