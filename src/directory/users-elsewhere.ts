import { withBlocker } from './blocking';
import type { DeclaredElsewhere } from './declared-elsewhere';
import { readIdentityOfUser, registrationKey } from './own-declaration';
import type { User } from './records';
import { withBlockerNoted, type Registration } from './registration';
import type { Registry } from './registry';

const userOf = (registration: Registration): User => {
  const { name, rights, disabledBy } = registration;
  const user = {
    username: name,
    ...readIdentityOfUser(registration),
    passwordHash: '',
    roles: rights.roles ?? [],
    enabled: true,
  };
  return withBlocker(user, disabledBy);
};

const keyOf = (name: string): string => registrationKey('user', name);

/** A registration is stored under a key that several names share. */
const ifNamed = (name: string, registration: Registration | undefined): User | undefined =>
  registration?.name === name ? userOf(registration) : undefined;

/** Creates the users that only other gates declare. */
export const createUsersElsewhere = (registry: Registry): DeclaredElsewhere<User> => ({
  findFresh: async (name) => ifNamed(name, await registry.findFreshElsewhere(keyOf(name))),
  async *list() {
    for await (const registration of registry.listElsewhere('user')) yield userOf(registration);
  },
  setBlocker: async (name, decide) => {
    const change = (registration: Registration): Registration =>
      registration.name === name ? withBlockerNoted(registration, decide(userOf(registration))) : registration;
    return ifNamed(name, await registry.changeElsewhere(keyOf(name), change));
  },
});
