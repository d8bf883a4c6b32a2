import { GRANT_TYPES } from '../protocol/grant-types';
import type { Application, User } from './records';
import { plansField } from './subscriptions';

const NAMES = ['roles', 'scopes', 'subscriptions', 'grantTypes'] as const;

type RightName = (typeof NAMES)[number];

/** Lists of what a record may have at most. */
export type DeclaredRights = {
  /** A list that is absent limits nothing. */
  readonly [N in RightName]?: readonly string[];
} & {
  /** Absent if there are none. No token ends if there are fewer, because they only decide where codes are sent. */
  readonly redirectUris?: readonly string[];
  /**
   * The plans of subscriptions, each as the name of the API, a blank and the name of the plan: earlier versions read lists
   * of strings only. Absent if there are none. No token ends if they differ.
   */
  readonly plans?: readonly string[];
};

export const rightsOfUser = ({ roles }: Pick<User, 'roles'>): DeclaredRights => ({ roles });

const printPlans = (plans: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(plans)
    .map(([api, plan]) => `${api} ${plan}`)
    .sort();

/** Reads the plans in rights. */
export const readPlanRights = ({ plans = [] }: Pick<DeclaredRights, 'plans'>): Pick<Application, 'plans'> =>
  plansField(
    plans.map((text) => {
      const [api = '', plan = ''] = text.split(' ');
      return [api, plan] as const;
    }),
  );

export const rightsOfApplication = (application: Application): DeclaredRights => {
  const { scopes, subscriptions, grantTypes, redirectUris, plans } = application;
  return {
    subscriptions,
    ...(scopes === undefined ? {} : { scopes }),
    ...(grantTypes === undefined ? {} : { grantTypes }),
    ...(redirectUris === undefined ? {} : { redirectUris }),
    ...(plans === undefined ? {} : { plans: printPlans(plans) }),
  };
};

/** Checks whether one has everything that the other has, except for redirect URIs and plans. */
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

const restrictRedirectUris = (application: Application, { redirectUris: most = [] }: DeclaredRights): Application => {
  const { redirectUris = [], ...rest } = application;
  const left = common(redirectUris, most);
  if (left.length === redirectUris.length) return application;
  return left.length === 0 ? rest : { ...rest, redirectUris: left };
};

/** Returns the application with the plans of these rights, so that all gates count alike. */
const withPlansOf = (application: Application, rights: DeclaredRights): Application =>
  rights.plans === undefined
    ? application
    : { ...application, plans: { ...application.plans, ...readPlanRights(rights).plans } };

/** Returns the application without what is not among these rights. */
export const restrictApplication = (declared: Application, rights: DeclaredRights): Application => {
  const application = withPlansOf(restrictRedirectUris(declared, rights), rights);
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
