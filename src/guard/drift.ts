import type { Application, Organization } from '../directory/records';
import { normalFullName, splitName } from '../directory/usernames';
import type { GuardedScopes } from '../access/guarded-scopes';
import type { ScopePolicy } from '../access/scope-policy';
import type { Api } from '../access/api';
import type { ScopeRules } from '../access/scope-rules';
import { UnobtainableScopes } from './unobtainable-scopes';

/** Differences between the declarations and the guards. */
export interface Drift {
  /** Scopes that no guard of this process names. */
  readonly unneeded: readonly string[];
  /** Scopes that no declared user or application can get, and why. Records created at run time do not count. */
  readonly unobtainable: readonly { readonly scope: string; readonly because: string }[];
  /**
   * APIs that no declared application subscribes to, if applications are declared: they refuse all of their tokens. APIs with `approval`
   * do not count, because their subscriptions are made in the portal.
   */
  readonly unsubscribed: readonly string[];
  /** Applications whose owner is not a declared user, if users are declared. Users created at run time do not count. */
  readonly ownerless: readonly { readonly application: string; readonly owner: string }[];
}

export interface DriftServices {
  readonly rules: ScopeRules;
  readonly guarded: GuardedScopes;
  readonly policy: ScopePolicy;
  readonly apis: ReadonlyMap<string, Api>;
  /** Declared ones only. */
  readonly organizations: readonly Organization[];
  /** Declared ones only. */
  readonly applications: readonly Application[];
  /** Declared ones only. */
  readonly users: readonly { readonly username: string; readonly roles: readonly string[] }[];
}

/** Returns the APIs, other than public ones and those with `approval`, that no declared application subscribes to. */
const findUnsubscribed = ({ apis, applications }: DriftServices): readonly string[] => {
  // An application that only introspects is a resource server: it needs no subscription.
  const subscribers = applications.filter(({ introspect, subscriptions }) => !introspect || subscriptions.length > 0);
  if (subscribers.length === 0) return [];
  const hasSubscriber = (api: string): boolean => subscribers.some(({ subscriptions }) => subscriptions.includes(api));
  const isOpen = ({ resources }: Api): boolean => resources.every(({ access }) => access.kind === 'public');
  const needed = [...apis.values()].filter((api) => !isOpen(api) && !api.approval);
  return needed.map(({ name }) => name).filter((name) => !hasSubscriber(name));
};

/** Returns the applications whose owner is not a declared user. */
const findOwnerless = ({ organizations, applications, users }: DriftServices): Drift['ownerless'] => {
  if (users.length === 0) return [];
  const usernames = new Set(users.map(({ username }) => username));
  const isDeclared = (fullName: string): boolean => {
    const name = normalFullName(organizations.length === 0 ? { name: fullName } : splitName(fullName));
    return name !== undefined && usernames.has(name);
  };
  return applications.flatMap(({ id, owner }) =>
    owner === undefined || isDeclared(owner) ? [] : [{ application: id, owner }],
  );
};

/** Compares the declarations with the guards. */
export const findDrift = (services: DriftServices): Drift => {
  const { rules, guarded, users } = services;
  const roles = users.length === 0 ? undefined : new Set(users.flatMap((user) => user.roles));
  const isNeeded = (scope: string): boolean => guarded.outside.has(scope) || guarded.apisNeeding(scope).length > 0;
  return {
    unneeded: [...rules.names].filter((scope) => !isNeeded(scope)),
    unobtainable: new UnobtainableScopes({ ...services, roles }).find(),
    unsubscribed: findUnsubscribed(services),
    ownerless: findOwnerless(services),
  };
};
