import type { Logger } from '../events/logger';
import { StoreUnavailableError } from '../protocol/errors';
import type { Collection } from './directory-store';
import { kindOfKey, registrationKey, type DeclaredKind, type OwnDeclaration } from './own-declaration';
import type { RecordCache } from './record-cache';
import {
  isSameRecord,
  Registrar,
  registersNothing,
  type DeclarationMode,
  type EndRegistered,
  type RegistersRecords,
} from './registrar';
import { newVersion, type Registration } from './registration';
import { Registrations } from './registrations';

// Each failed attempt means that another call has changed the record.
const MAX_ATTEMPTS = 100;

export interface RegistryServices {
  readonly own: readonly OwnDeclaration[];
  readonly mode: DeclarationMode;
  readonly store: Collection<Registration>;
  /** True if other processes read the store. */
  readonly isShared: boolean;
  readonly cache: RecordCache<Registration>;
  readonly end: EndRegistered;
  /** Called when a record of this gate has been registered, before it is served. */
  readonly onRegistered: (own: OwnDeclaration) => Promise<void>;
  readonly logger: Logger;
}

type Change = (present: Registration) => Registration;

/** The version of a registration that was last compared with the own declaration, and the result. */
interface Compared {
  readonly version: string;
  readonly isOwn: Promise<boolean>;
  /** Set once `isOwn` is known to be true. */
  isAccepted: boolean;
}

/**
 * The registrations of the records that this gate declares. A record is not served while another gate, which was started
 * later, declares it differently or not at all.
 */
export class Registry {
  readonly #own: ReadonlyMap<string, OwnDeclaration>;
  readonly #registrations: Registrations;
  readonly #registrar: RegistersRecords;
  readonly #mode: DeclarationMode;
  readonly #isShared: boolean;
  readonly #logger: Logger;
  readonly #compared = new Map<string, Compared>();

  constructor({ own, mode, store, cache, isShared, end, onRegistered, logger }: RegistryServices) {
    this.#mode = mode;
    this.#own = new Map(own.map((declared) => [registrationKey(declared.kind, declared.name), declared]));
    this.#registrations = new Registrations(store, cache);
    this.#isShared = isShared;
    this.#logger = logger;
    const registrar = new Registrar({
      own: this.#own,
      registrations: this.#registrations,
      isShared,
      end,
      onRegistered: async (declared, key, registration) => {
        this.#accept(key, registration);
        await onRegistered(declared);
      },
      logger,
    });
    this.#registrar = mode === 'registered' ? registrar : registersNothing;
  }

  /** Registers all own records. @throws StoreUnavailableError */
  registerAll(): Promise<void> {
    return this.#registrar.registerAll();
  }

  /** Returns the cached registration of an own record, or `undefined`, also if it is not served. Synchronous. */
  peek(key: string): Registration | undefined {
    const compared = this.#compared.get(key);
    if (compared?.isAccepted !== true) return undefined;
    const registration = this.#registrations.peek(key);
    return registration?.version === compared.version ? registration : undefined;
  }

  /**
   * Returns the registration of an own record; `undefined` if it is no longer declared. Cached; loads it when absent.
   * @throws StoreUnavailableError `superseded` if another gate declares the record differently: which of them is right
   *   cannot be decided here, and a retry may reach the other gate; `lost` if the store loses it repeatedly
   */
  find(key: string): Promise<Registration | undefined> {
    return this.#findOwn(key, () => this.#registrations.find(key));
  }

  /** Like `find`. Reads the store; never cached. */
  findFresh(key: string): Promise<Registration | undefined> {
    return this.#findOwn(key, () => this.#registrations.findFresh(key));
  }

  /** Returns the cached registration of a record that any gate declares, in whatever way, or `undefined`. Synchronous. */
  peekAnywhere(key: string): Registration | undefined {
    const registration = this.#registrations.peek(key);
    return registration?.removed === true ? undefined : registration;
  }

  /** Returns the registration of a record that any gate declares, in whatever way. Cached; loads it when absent. */
  async findAnywhere(key: string): Promise<Registration | undefined> {
    if (this.#own.has(key)) await this.#registrar.register(key);
    const registration = await this.#registrations.find(key);
    if (registration?.removed === true) return undefined;
    return registration ?? this.#asDeclared(key);
  }

  /** Checks whether the gate that was started last declares a record. Reads the store; never cached. */
  async isRegistered(key: string): Promise<boolean> {
    const registration = await this.#registrations.findFresh(key);
    return registration !== undefined && registration.removed !== true;
  }

  /** Ends a record that no gate declares any more. @returns `false` if it is not registered, or this gate declares it */
  async remove(key: string): Promise<boolean> {
    return !this.#own.has(key) && this.#registrar.remove(key);
  }

  /** Returns the registration of a record that only other gates declare. Reads the store; never cached. */
  async findFreshElsewhere(key: string): Promise<Registration | undefined> {
    if (this.#own.has(key)) return undefined;
    const registration = await this.#registrations.findFresh(key);
    return registration?.removed === true ? undefined : registration;
  }

  /** Yields the registrations of one kind that only other gates declare. Reads the store. */
  async *listElsewhere(kind: DeclaredKind): AsyncGenerator<Registration> {
    for await (const [key, registration] of this.#registrations.list()) {
      const isElsewhere = !this.#own.has(key) && registration.removed !== true;
      if (isElsewhere && kindOfKey(key) === kind) yield registration;
    }
  }

  /** Changes the registration of an own record. @returns `undefined` if it is no longer declared */
  change(key: string, change: Change): Promise<Registration | undefined> {
    return this.#change(key, () => this.findFresh(key), change);
  }

  /** Changes the registration of a record that only other gates declare. @returns `undefined` if there is none */
  changeElsewhere(key: string, change: Change): Promise<Registration | undefined> {
    return this.#change(key, () => this.findFreshElsewhere(key), change);
  }

  async #change(
    key: string,
    read: () => Promise<Registration | undefined>,
    change: Change,
  ): Promise<Registration | undefined> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const present = await read();
      if (present === undefined) return undefined;
      const changed = { ...change(present), version: newVersion() };
      if (await this.#registrations.replace(key, present, changed)) return changed;
    }
    throw new StoreUnavailableError('contended');
  }

  async #findOwn(key: string, read: () => Promise<Registration | undefined>): Promise<Registration | undefined> {
    await this.#registrar.register(key);
    let registration = await read();
    if (registration === undefined) {
      await this.#registrar.registerLost(key);
      registration = await this.#registrations.findFresh(key);
    }
    if (registration === undefined) return this.#unregistered(key);
    if (registration.removed === true) return undefined;
    if (!(await this.#isOwn(key, registration))) throw new StoreUnavailableError('superseded');
    return registration;
  }

  /** Handles a record that is not registered, although that was tried if the mode says so. */
  #unregistered(key: string): Registration | undefined {
    if (this.#mode === 'compared') return this.#asDeclared(key);
    if (!this.#own.has(key)) return undefined;
    // Redis has lost the registration again, for example by eviction: that does not mean that the record is unknown.
    throw new StoreUnavailableError('lost');
  }

  /** Returns an own declaration like a registration, for a record that no gate has registered. */
  #asDeclared(key: string): Registration | undefined {
    const own = this.#own.get(key);
    return own && { name: own.name, version: '', identity: own.identity, proof: '', rights: own.rights };
  }

  /** Checks whether a registration is of the own declaration. Each version is compared once. */
  #isOwn(key: string, registration: Registration): Promise<boolean> {
    const known = this.#compared.get(key);
    if (known?.version === registration.version) return known.isOwn;
    const own = this.#own.get(key);
    const isOwn = own === undefined ? Promise.resolve(false) : isSameRecord(own, registration, this.#isShared);
    const compared: Compared = { version: registration.version, isOwn, isAccepted: false };
    this.#compared.set(key, compared);
    isOwn.then(
      (isSame) => {
        compared.isAccepted = isSame;
        if (!isSame) this.#logRefusal(key);
      },
      () => this.#compared.delete(key),
    );
    return isOwn;
  }

  #accept(key: string, { version }: Registration): void {
    this.#compared.set(key, { version, isOwn: Promise.resolve(true), isAccepted: true });
  }

  #logRefusal(key: string): void {
    this.#logger.warn(
      { declaration: key },
      'A gate that was started later declares this record differently, or no longer, so this gate does not serve it: restart this gate with the same declarations',
    );
  }
}
