import type { Collection, DirectoryStore } from '../../../src/directory/directory-store';
import { StoreUnavailableError } from '../../../src/protocol/errors';
import type { FailureMoment } from './failing-token-store';

export interface FailingDirectoryStore {
  readonly store: DirectoryStore;
  /** How many calls came since it was made or since `failAt`. */
  readonly calls: () => number;
  /** Lets the n-th call from now fail, and only that one. */
  failAt(call: number, moment: FailureMoment): void;
}

/** A directory store in front of a real one that fails at the given calls. */
export const failingDirectoryStore = (real: DirectoryStore): FailingDirectoryStore => {
  let calls = 0;
  let failing: { readonly call: number; readonly moment: FailureMoment } | undefined;

  const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
    calls += 1;
    const moment = failing?.call === calls ? failing.moment : undefined;
    if (moment === 'before') throw new StoreUnavailableError('deadline');
    const answer = await ask();
    if (moment === 'after') throw new StoreUnavailableError('disconnected');
    return answer;
  };

  const inFrontOf = <R>(collection: Collection<R>): Collection<R> => ({
    insert: (key, record) => asked(() => collection.insert(key, record)),
    find: (key) => asked(() => collection.find(key)),
    change: (key, change) => asked(() => collection.change(key, change)),
    remove: (key) => asked(() => collection.remove(key)),
    list: async function* list() {
      await asked(async () => undefined);
      yield* collection.list();
    },
    isEmpty: () => asked(() => collection.isEmpty()),
  });

  return {
    store: {
      organizations: inFrontOf(real.organizations),
      users: inFrontOf(real.users),
      applications: inFrontOf(real.applications),
      clients: inFrontOf(real.clients),
    },
    calls: () => calls,
    failAt: (call, moment) => {
      calls = 0;
      failing = { call, moment };
    },
  };
};
