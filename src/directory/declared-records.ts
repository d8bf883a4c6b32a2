import { StoreUnavailableError } from '../protocol/errors';
import type { Blocker } from './blocking';
import type { Declared } from './record-kind';
import type { Registered } from './registered';
import type { TakenNames } from './taken-names';

const isSuperseded = (error: unknown): boolean =>
  error instanceof StoreUnavailableError && error.reason === 'superseded';

/** The declared records of one kind. One is not served if its name is taken, or if another gate declares it differently. */
export class DeclaredRecords<R extends object> {
  readonly taken: TakenNames;
  readonly #declared: Declared<R>;
  readonly #registered: Registered<R>;

  constructor(declared: Declared<R>, taken: TakenNames, registered: Registered<R>) {
    this.taken = taken;
    this.#declared = declared;
    this.#registered = registered;
  }

  get size(): number {
    return this.#declared.size;
  }

  get names(): readonly string[] {
    return [...this.#declared.keys()];
  }

  has(name: string): boolean {
    return this.#declared.has(name);
  }

  /** Returns the declared record, even if it is not served at present. */
  peekDeclared(name: string): R | undefined {
    const declared = this.#declared.get(name);
    return declared instanceof Promise ? undefined : declared;
  }

  /** Returns the record, unless the store has to be read to decide whether it is served. Synchronous. */
  peek(name: string): R | undefined {
    const declared = this.peekDeclared(name);
    return declared === undefined || this.taken.has(name) ? undefined : this.#registered.peek(name, declared);
  }

  /** Returns the record if it is served. Cached. */
  async find(name: string): Promise<R | undefined> {
    const declared = await this.#declared.get(name);
    return this.#unlessTaken(name, declared && (await this.#registered.find(name, declared)));
  }

  /** Returns the record if it is served. Reads the store; never cached. */
  async findFresh(name: string): Promise<R | undefined> {
    const declared = await this.#declared.get(name);
    return this.#unlessTaken(name, declared && (await this.#registered.findFresh(name, declared)));
  }

  /** Yields all records, including those that are not served. @throws StoreUnavailableError if the store is away */
  async *list(): AsyncGenerator<R> {
    for (const [name, declared] of this.#declared) {
      const served = await this.find(name).catch((error: unknown) => {
        if (isSuperseded(error)) return undefined;
        throw error; // the record may be disabled, and must not be shown as enabled
      });
      yield served ?? declared;
    }
  }

  /** Sets which role keeps a record disabled, if any. @returns `undefined` if the record is not served */
  async setBlocker(name: string, decide: (present: R) => Blocker | undefined): Promise<R | undefined> {
    const declared = await this.#declared.get(name);
    return declared && this.#registered.setBlocker(name, declared, decide);
  }

  /** Checks whether a gate declares the name. Reads the store; never cached. */
  isRegistered(name: string): Promise<boolean> {
    return this.#registered.isRegistered(name);
  }

  /** Ends a record that other gates have declared and this one does not. @returns `false` if there is none */
  removeRegistered(name: string): Promise<boolean> {
    return this.#registered.remove(name);
  }

  /** Checks whether the name is taken; reads the store if it was, because the other record may have been removed. */
  async isTaken(name: string): Promise<boolean> {
    return this.taken.has(name) && (await this.taken.findFresh(name));
  }

  async #unlessTaken(name: string, record: R | undefined): Promise<R | undefined> {
    return (await this.isTaken(name)) ? undefined : record;
  }
}
