import { randomText } from '../protocol/secrets';
import type { Ends } from '../tokens/token-store';
import type { Blocker } from './blocking';
import { includesRights, type DeclaredRights } from './declared-rights';

/**
 * The store's record of a declared record: what decides who it is, and what it may have at most. The gate that was
 * started last has written it.
 */
export interface Registration {
  /** Name as declared, in normal form. */
  readonly name: string;
  /** Random, and replaced with every change. */
  readonly version: string;
  /** Other facts that identify the record, such as owner and organization. */
  readonly identity: string;
  /** argon2id hash (PHC) of the password or the secret; empty if there is none, or if no other process can read it. */
  readonly proof: string;
  readonly rights: DeclaredRights;
  /** True if the gate that was started last no longer declares the record. */
  readonly removed?: true;
  /** Tokens of a former declaration that have not ended yet. Absent if all have ended. */
  readonly ends?: Ends;
  /** The role that disabled the record. */
  readonly disabledBy?: Blocker;
}

const VERSION_BYTES = 9;

/** Returns a random version of a registration. */
export const newVersion = (): string => randomText(VERSION_BYTES);

/** Returns a registration with the role that keeps its record disabled, if any. */
export const withBlockerNoted = (registration: Registration, blocker: Blocker | undefined): Registration => {
  const { disabledBy: _before, ...rest } = registration;
  return blocker === undefined ? rest : { ...rest, disabledBy: blocker };
};

const isStored = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isString = (value: unknown): value is string => typeof value === 'string';

const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isString);

/** Reads a stored value. @returns `undefined` for any other value, which nothing is compared with */
export const readRegistration = (stored: unknown): Registration | undefined => {
  if (!isStored(stored) || !isStored(stored['rights'])) return undefined;
  const isComplete = ['name', 'version', 'identity', 'proof'].every((field) => isString(stored[field]));
  return isComplete && Object.values(stored['rights']).every(isList) ? (stored as unknown as Registration) : undefined;
};

/** Returns what ends if a record that was registered like this is declared with these rights. */
export const endsByRights = ({ rights }: Registration, declared: DeclaredRights): Ends | undefined =>
  includesRights(declared, rights) ? undefined : 'access';
