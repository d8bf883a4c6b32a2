import { GRANT_TYPES } from '../protocol/grant-types';
import type { Application, User } from './records';

const NAMES = ['roles', 'scopes', 'subscriptions', 'grantTypes'] as const;

type RightName = (typeof NAMES)[number];

/** Lists of what a record may have at most. A list that is absent limits nothing. */
export type DeclaredRights = { readonly [N in RightName]?: readonly string[] };

export const rightsOfUser = ({ roles }: Pick<User, 'roles'>): DeclaredRights => ({ roles });

export const rightsOfApplication = ({ scopes, subscriptions, grantTypes }: Application): DeclaredRights => ({
  subscriptions,
  ...(scopes === undefined ? {} : { scopes }),
  ...(grantTypes === undefined ? {} : { grantTypes }),
});

/** Checks whether one has everything that the other has. */
export const includesRights = (one: DeclaredRights, other: DeclaredRights): boolean =>
  NAMES.every((name) => {
    const [has, needs] = [one[name], other[name]];
    return has === undefined || (needs?.every((item) => has.includes(item)) ?? false);
  });

const common = <T extends string>(own: readonly T[], most: readonly string[] | undefined): readonly T[] =>
  most === undefined ? own : own.filter((item) => most.includes(item));

/** Returns the user without the roles that are not among these rights. */
export const restrictUser = (user: User, rights: DeclaredRights): User =>
  includesRights(rights, rightsOfUser(user)) ? user : { ...user, roles: common(user.roles, rights.roles) };

/** Returns the application without what is not among these rights. */
export const restrictApplication = (application: Application, rights: DeclaredRights): Application => {
  if (includesRights(rights, rightsOfApplication(application))) return application;
  const { scopes = rights.scopes, grantTypes, subscriptions } = application;
  const types = grantTypes ?? GRANT_TYPES;
  return {
    ...application,
    subscriptions: common(subscriptions, rights.subscriptions),
    ...(scopes === undefined ? {} : { scopes: common(scopes, rights.scopes) }),
    ...(grantTypes === undefined && rights.grantTypes === undefined
      ? {}
      : { grantTypes: common(types, rights.grantTypes) }),
  };
};
