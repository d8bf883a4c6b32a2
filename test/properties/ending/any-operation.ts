import fc from 'fast-check';
import { KEYS, ORGANIZATIONS, PARTIES, USERS, type Party, type Roles, type Scopes } from './names';
import type { Change, Operation } from './operation';

export const at = fc.constantFrom('A' as const, 'B' as const);
const user = fc.constantFrom(...USERS);
const key = fc.constantFrom(...KEYS);

/** A user and an application: mostly two that sequences begin with, which have the same organization. */
export const party: fc.Arbitrary<Party> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PARTIES) },
  { weight: 1, arbitrary: fc.record({ user, key }) },
);
const organization = fc.constantFrom(...ORGANIZATIONS);
const roles = fc.constantFrom<Roles>(['clerk'], []);
const scopes = fc.constantFrom<Scopes | undefined>(undefined, ['read'], ['update'], ['read', 'update']);
const grant = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 3 }) }, { weight: 1, arbitrary: fc.nat({ max: 12 }) });
const kind = fc.constantFrom('access' as const, 'refresh' as const);
const by = fc.constantFrom('client' as const, 'operator' as const);
const one = <const T extends string>(...names: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...names);

/** Mostly the last password or secret. */
export const text = one('present', 'present', 'present', 'former');

const north = fc.constant('north' as const);

const organizationOperation = fc.oneof(
  fc.record({ do: one('createOrganization'), at, organization: north }),
  fc.record({ do: one('disableOrganization', 'enableOrganization', 'removeOrganization'), at, organization: north }),
);

const userOperation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: one('createUser'), at, user, roles }) },
  { weight: 1, arbitrary: fc.record({ do: one('setRoles'), at, user, roles }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: one('disableUser', 'enableUser', 'removeUser', 'setPassword', 'revokeUser'), at, user }),
  },
  { weight: 1, arbitrary: fc.record({ do: one('listGrants'), at, user }) },
);

const applicationOperation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: one('createApplication'), at, key, organization }) },
  { weight: 1, arbitrary: fc.record({ do: one('setScopes'), at, key, scopes }) },
  { weight: 1, arbitrary: fc.record({ do: one('revokeSecret'), at, key, which: fc.nat({ max: 2 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: one('disableApplication', 'enableApplication', 'removeApplication', 'addSecret', 'revokeClient'),
      at,
      key,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: one('askForItself'), at, key }) },
);

const signInOperation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(party, fc.record({ do: one('signIn'), at, password: text, secret: text }))
      .map(([names, rest]) => ({ ...names, ...rest })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(party, fc.record({ do: one('issue'), at })).map(([names, rest]) => ({ ...names, ...rest })),
  },
);

const grantOperation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: one('refresh'), at, grant }) },
  { weight: 1, arbitrary: fc.record({ do: one('introspect'), at, grant, kind }) },
  { weight: 1, arbitrary: fc.record({ do: one('revokeToken'), at, grant, kind, by }) },
);

export const userDeclared = fc.record({ kind: one('userDeclared'), user, roles });
export const applicationDeclared = fc.record({ kind: one('applicationDeclared'), key, organization });
export const organizationDeclared = fc.record({ kind: one('organizationDeclared'), organization: north });

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constant({ kind: 'nothing' as const }),
  organizationDeclared,
  fc.record({ kind: one('organizationRemoved'), organization: north }),
  userDeclared,
  applicationDeclared,
  { weight: 3, arbitrary: fc.record({ kind: one('userRemoved', 'passwordChanged', 'rolesRemoved'), user }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: one('applicationRemoved', 'applicationMoved', 'secretChanged', 'scopesNarrowed'),
      key,
    }),
  },
);

const restartOperation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: one('restart'), order: one('together', 'rolling'), change }),
  },
  { weight: 1, arbitrary: fc.record({ do: one('restartOne'), at }) },
  { weight: 1, arbitrary: fc.constant({ do: 'guardOnly' as const }) },
);

/** Any operation, possible or not. */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 2, arbitrary: organizationOperation },
  { weight: 4, arbitrary: userOperation },
  { weight: 4, arbitrary: applicationOperation },
  { weight: 6, arbitrary: signInOperation },
  { weight: 3, arbitrary: grantOperation },
  { weight: 4, arbitrary: fc.record({ do: one('useAll'), at }) },
  { weight: 2, arbitrary: restartOperation },
);
