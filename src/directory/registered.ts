import type { Blocker } from './blocking';
import { registrationKey, type DeclaredKind } from './own-declaration';
import { withBlockerNoted, type Registration } from './registration';
import type { Registry } from './registry';

/** The declared records of one kind, as their registrations permit them. `undefined`: no longer declared. */
export interface Registered<R> {
  peek(name: string, declared: R): R | undefined;
  find(name: string, declared: R): Promise<R | undefined>;
  findFresh(name: string, declared: R): Promise<R | undefined>;
  /** Notes which role, if any, keeps a record disabled. @param decide returns that role for the present record */
  setBlocker(name: string, declared: R, decide: (present: R) => Blocker | undefined): Promise<R | undefined>;
  /** Ends a record that no gate declares any more. @returns `false` if there is none */
  remove(name: string): Promise<boolean>;
  /** Checks whether a gate declares the name. Reads the store; never cached. */
  isRegistered(name: string): Promise<boolean>;
}

/** @param restrict returns a declared record as its registration permits it */
export const createRegistered = <R>(
  registry: Registry,
  kind: DeclaredKind,
  restrict: (declared: R, registration: Registration) => R,
): Registered<R> => {
  const keyOf = (name: string): string => registrationKey(kind, name);
  const restricted = (declared: R, registration: Registration | undefined): R | undefined =>
    registration && restrict(declared, registration);

  return {
    peek: (name, declared) => restricted(declared, registry.peek(keyOf(name))),
    find: async (name, declared) => restricted(declared, await registry.find(keyOf(name))),
    findFresh: async (name, declared) => restricted(declared, await registry.findFresh(keyOf(name))),
    setBlocker: async (name, declared, decide) => {
      const change = (registration: Registration): Registration =>
        withBlockerNoted(registration, decide(restrict(declared, registration)));
      return restricted(declared, await registry.change(keyOf(name), change));
    },
    remove: (name) => registry.remove(keyOf(name)),
    isRegistered: (name) => registry.isRegistered(keyOf(name)),
  };
};

/** Declared records that are not registered are served as they are declared. */
export const notRegistered: Registered<never> = {
  peek: (_name, declared) => declared,
  find: async (_name, declared) => declared,
  findFresh: async (_name, declared) => declared,
  setBlocker: async () => undefined,
  remove: async () => false,
  isRegistered: async () => false,
};
