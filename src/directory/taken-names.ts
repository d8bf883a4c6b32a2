/** Reads from the store whether a record was created at run time under a declared name. */
type ReadName = (name: string) => Promise<boolean>;

/**
 * Declared names under which a record was created at run time. They are refused: the sessions and grants of the created
 * record would get the rights of the declared one.
 */
export class TakenNames {
  readonly #names = new Set<string>();
  readonly #read: ReadName;

  constructor(read: ReadName) {
    this.#read = read;
  }

  /** Returns what the last read found. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Reads the store; never cached. */
  async findFresh(name: string): Promise<boolean> {
    const isTaken = await this.#read(name);
    if (isTaken) this.#names.add(name);
    else this.#names.delete(name);
    return isTaken;
  }
}

/** Names of a kind whose declared records are served whatever was created at run time. */
export const neverTaken = new TakenNames(async () => false);
