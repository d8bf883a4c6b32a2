import type {
  ApplicationCollection,
  Collection,
  DirectoryStore,
  UserCollection,
} from '../../../src/directory/directory-store';
import { PlannedFailure } from './planned-failure';

export interface FailingDirectoryStore extends Pick<PlannedFailure, 'calls' | 'failAt'> {
  readonly store: DirectoryStore;
}

/** A directory store in front of a real one that fails at the given calls. */
export const failingDirectoryStore = (real: DirectoryStore): FailingDirectoryStore => {
  const { ask, calls, failAt } = new PlannedFailure();

  const inFrontOf = <R>(collection: Collection<R>): Collection<R> => ({
    insert: (key, record) => ask(() => collection.insert(key, record)),
    find: (key) => ask(() => collection.find(key)),
    change: (key, change) => ask(() => collection.change(key, change)),
    remove: (key) => ask(() => collection.remove(key)),
    list: async function* list() {
      await ask(async () => undefined);
      yield* collection.list();
    },
    isEmpty: () => ask(() => collection.isEmpty()),
  });

  const inFrontOfUsers = (users: UserCollection): UserCollection => ({
    ...inFrontOf(users),
    removeIf: (key, condition) => ask(() => users.removeIf(key, condition)),
  });

  const inFrontOfApplications = (applications: ApplicationCollection): ApplicationCollection => ({
    ...inFrontOf(applications),
    insertOwned: (key, record, maxOfOwner) => ask(() => applications.insertOwned(key, record, maxOfOwner)),
    listGroup: (group, page) => ask(() => applications.listGroup(group, page)),
    listRequests: (organization, page) => ask(() => applications.listRequests(organization, page)),
  });

  return {
    store: {
      organizations: inFrontOf(real.organizations),
      users: inFrontOfUsers(real.users),
      applications: inFrontOfApplications(real.applications),
      clients: inFrontOf(real.clients),
      declarations: inFrontOf(real.declarations),
      isShared: real.isShared,
    },
    calls,
    failAt,
  };
};
