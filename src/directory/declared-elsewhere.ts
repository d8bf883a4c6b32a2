import type { Blocker } from './blocking';

/**
 * Records of one kind that other gates declare and this one does not, as far as their registrations describe them.
 * Passwords, secrets and display names are not part of a registration.
 */
export interface DeclaredElsewhere<R> {
  /** Reads the store; never cached. */
  findFresh(name: string): Promise<R | undefined>;
  /** Yields all of them. Reads the store. */
  list(): AsyncIterable<R>;
  /**
   * Notes which role, if any, keeps a record disabled; the gates that declare it are notified.
   * @param decide returns that role for the present record
   * @returns `undefined` if no other gate declares the record
   */
  setBlocker(name: string, decide: (present: R) => Blocker | undefined): Promise<R | undefined>;
}

async function* none(): AsyncGenerator<never> {
  // There is no registry, or none of its records is of this kind.
}

export const noneElsewhere: DeclaredElsewhere<never> = {
  findFresh: async () => undefined,
  list: none,
  setBlocker: async () => undefined,
};
