import type { Logger } from '../events/logger';
import { StoreUnavailableError } from '../protocol/errors';
import type { Ends } from '../tokens/token-store';
import { kindOfKey, type OwnDeclaration } from './own-declaration';
import { endsByRights, newVersion, type Registration } from './registration';
import type { Registrations } from './registrations';

const MAX_ATTEMPTS = 10;

/** A store limits the commands in flight. */
const REGISTERED_AT_A_TIME = 50;

/** Ends what was issued to a record under its former declaration. */
export type EndRegistered = (key: string, registration: Pick<Registration, 'name'>, ends: Ends) => Promise<void>;

export interface RegistrarServices {
  /** The declared records of this gate, by key. */
  readonly own: ReadonlyMap<string, OwnDeclaration>;
  readonly registrations: Registrations;
  /** True if other processes read the store: passwords are not stored in it as they are. */
  readonly isShared: boolean;
  readonly end: EndRegistered;
  /** Called when a record of this gate has been registered, before it is served. */
  readonly onRegistered: (own: OwnDeclaration, key: string, registration: Registration) => Promise<void>;
  readonly logger: Logger;
}

/** Checks whether a registration is of the same record: its rights may differ. */
export const isSameRecord = async (
  { name, identity, provable }: OwnDeclaration,
  registration: Registration,
  isShared: boolean,
): Promise<boolean> => {
  if (registration.removed === true || name !== registration.name || identity !== registration.identity) return false;
  return provable === undefined || !isShared || provable.isHashedIn(registration.proof);
};

/**
 * Treatment of the own declarations. `registered`: they become the registrations of the store, so that they count from
 * the start on. `compared`: nothing is written, for tools that only read.
 */
export type DeclarationMode = 'registered' | 'compared';

/** The calls by which a registry has records registered and removed. */
export type RegistersRecords = Pick<Registrar, 'registerAll' | 'register' | 'registerLost' | 'remove'>;

/** Registers and removes nothing. */
export const registersNothing: RegistersRecords = {
  registerAll: async () => undefined,
  register: async () => undefined,
  registerLost: async () => undefined,
  remove: async () => false,
};

/**
 * Registers the declared records of a gate, each once after the start. What was issued to a record that was declared
 * differently before ends.
 */
export class Registrar {
  readonly #services: RegistrarServices;
  readonly #registering = new Map<string, Promise<void>>();
  #registeringAll: Promise<void> | undefined;

  constructor(services: RegistrarServices) {
    this.#services = services;
  }

  /**
   * Registers all own records, and ends what was issued to records that other gates declared and this one does not. A
   * kind of which this gate declares no record is left as it is. Done once; repeated after a failure.
   * @throws StoreUnavailableError
   */
  registerAll(): Promise<void> {
    this.#registeringAll ??= this.#registerAll().catch((error: unknown) => {
      this.#registeringAll = undefined;
      throw error;
    });
    return this.#registeringAll;
  }

  /** Registers an own record, unless that was done since the start. @throws StoreUnavailableError */
  register(key: string): Promise<void> {
    const begun = this.#registering.get(key);
    if (begun !== undefined) return begun;
    const registering = this.#register(key).catch((error: unknown) => {
      this.#registering.delete(key);
      throw error;
    });
    this.#registering.set(key, registering);
    return registering;
  }

  /** Registers an own record again, because the store has lost its registration. */
  async registerLost(key: string): Promise<void> {
    this.#registering.delete(key);
    await this.register(key);
  }

  /**
   * Ends a record that no gate declares any more.
   * @returns `false` if it is not registered
   */
  async remove(key: string): Promise<boolean> {
    const registration = await this.#services.registrations.findFresh(key);
    if (registration === undefined || registration.removed === true) return false;
    await this.#remove(key, registration);
    return true;
  }

  async #registerAll(): Promise<void> {
    const { own, registrations } = this.#services;
    const keys = [...own.keys()];
    for (let start = 0; start < keys.length; start += REGISTERED_AT_A_TIME) {
      await Promise.all(keys.slice(start, start + REGISTERED_AT_A_TIME).map((key) => this.register(key)));
    }
    const kinds = new Set([...own.values()].map(({ kind }): string => kind));
    if (kinds.size === 0) return;
    for await (const [key, registration] of registrations.list()) {
      if (!own.has(key) && kinds.has(kindOfKey(key))) await this.#remove(key, registration);
    }
  }

  async #register(key: string): Promise<void> {
    const { own: all, registrations, onRegistered } = this.#services;
    const own = all.get(key);
    if (own === undefined) return;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const before = await registrations.findFresh(key);
      const registration = await (before === undefined ? this.#insert(key, own) : this.#update(key, own, before));
      if (registration === undefined) continue; // another gate has registered the record in the meantime
      if (before !== undefined && before.name !== own.name) await this.#services.end(key, before, 'grants');
      await this.#end(key, registration);
      await onRegistered(own, key, registration);
      return;
    }
    throw new StoreUnavailableError('contended');
  }

  /** Registers a record that is not registered. @returns `undefined` if another gate was faster */
  async #insert(key: string, own: OwnDeclaration): Promise<Registration | undefined> {
    const { registrations } = this.#services;
    const registration = await this.#registrationOf(own);
    if (await registrations.insert(key, registration)) return registration;
    // A value that is not a registration does not say what was declared.
    const replacing = { ...registration, ends: 'grants' } as const;
    return (await registrations.replaceForeign(key, replacing)) ? replacing : undefined;
  }

  /** Registers a record that was registered before. @returns `undefined` if another gate was faster */
  async #update(key: string, own: OwnDeclaration, before: Registration): Promise<Registration | undefined> {
    const isSame = await isSameRecord(own, before, this.#services.isShared);
    const ends = isSame ? endsByRights(before, own.rights) : 'grants';
    if (isSame && JSON.stringify(before.rights) === JSON.stringify(own.rights)) return before;
    const ending = before.ends === 'grants' ? 'grants' : (ends ?? before.ends);
    const registration: Registration = {
      ...(isSame ? { ...before, rights: own.rights, version: newVersion() } : await this.#registrationOf(own)),
      ...(ending === undefined ? {} : { ends: ending }),
      ...(before.removed === true || before.disabledBy === undefined ? {} : { disabledBy: before.disabledBy }),
    };
    if (!(await this.#services.registrations.replace(key, before, registration))) return undefined;
    if (ends !== undefined && before.removed !== true) this.#log(key, 'A record is declared differently');
    return registration;
  }

  /** Ends a record that this gate does not declare. */
  async #remove(key: string, before: Registration): Promise<void> {
    if (before.removed === true && before.ends === undefined) return;
    const { disabledBy: _lifted, ...rest } = before;
    const removed: Registration = { ...rest, version: newVersion(), removed: true, ends: 'grants' };
    // If another gate has been started since, that one decides.
    if (!(await this.#services.registrations.replace(key, before, removed))) return;
    this.#log(key, 'A record is no longer declared');
    await this.#end(key, removed);
  }

  /** Ends what is to be ended, and then notes that in the store, so that a start that fails in between is repeated. */
  async #end(key: string, registration: Registration): Promise<void> {
    const { ends, ...rest } = registration;
    if (ends === undefined) return;
    await this.#services.end(key, registration, ends);
    await this.#services.registrations.replace(key, registration, rest);
  }

  async #registrationOf({ name, identity, rights, provable }: OwnDeclaration): Promise<Registration> {
    const proof = provable === undefined || !this.#services.isShared ? '' : await provable.hash();
    return { name, version: newVersion(), identity, proof, rights };
  }

  #log(key: string, what: string): void {
    this.#services.logger.info({ declaration: key }, `${what}: what was issued before ends`);
  }
}
