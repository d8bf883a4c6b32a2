import type { Application, Organization } from '../directory/records';
import { normalFullName, splitName } from '../directory/usernames';
import type { Logger } from '../events/logger';
import type { GuardedScopes } from '../access/guarded-scopes';
import { mayActFor } from '../grants/allowed-grants';
import type { ScopePolicy } from '../access/scope-policy';
import type { Api } from '../access/api';
import type { ScopeRules } from '../access/scope-rules';

/** Differences between the declarations and the guards. */
export interface Drift {
  /** Scopes that no guard of this process names. */
  readonly unneeded: readonly string[];
  /** Scopes that no declared user or application can get, and why. Records created at run time do not count. */
  readonly unobtainable: readonly { readonly scope: string; readonly because: string }[];
  /** APIs that no declared application subscribes to, if applications are declared: they refuse all of their tokens. */
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

/** Compares the declarations with the guards. */
export const findDrift = (services: DriftServices): Drift => {
  const { rules, guarded, policy, apis, organizations, applications, users } = services;
  const roles = new Set(users.flatMap((user) => user.roles));

  const whyNobody = (scope: string): string | undefined => {
    const able = applications.filter((application) => policy.barrierOf(scope, application) === undefined);
    if (applications.length > 0 && able.length === 0) return whyNoApplication(scope);
    const needed = rules.rolesOf(scope);
    if (able.some((application) => givesItself(application, scope))) return undefined;
    if (applications.length > 0 && !able.some((application) => mayActFor({ application }, 'user'))) {
      return 'no declared application may ask for it in the name of a user';
    }
    if (needed.length === 0 || users.length === 0 || needed.some((role) => roles.has(role))) return undefined;
    return `no declared user has the role ${needed.join(' or ')}`;
  };

  const whyNoApplication = (scope: string): string => {
    const needing = guarded.apisNeeding(scope);
    const isUnsubscribed = applications.some((application) => policy.barrierOf(scope, application) === 'subscription');
    if (!isUnsubscribed || needing.length === 0) return 'no declared application may have it';
    return `no declared application subscribes to ${needing.join(' or ')}: add it to \`subscriptions\``;
  };

  /** An application that only introspects is a resource server: it needs no subscription. */
  const subscribers = applications.filter(({ introspect, subscriptions }) => !introspect || subscriptions.length > 0);
  const hasSubscriber = (api: string): boolean => subscribers.some(({ subscriptions }) => subscriptions.includes(api));
  const isOpen = ({ resources }: Api): boolean => resources.every(({ access }) => access.kind === 'public');

  /** Checks whether an application may have a scope without a user. */
  const givesItself = (application: Application, scope: string): boolean =>
    mayActFor({ application }, 'client') &&
    (rules.rolesOf(scope).length === 0 || application.scopes?.includes(scope) === true);

  const usernames = new Set(users.map(({ username }) => username));
  const isDeclaredUser = (fullName: string): boolean => {
    const name = normalFullName(organizations.length === 0 ? { name: fullName } : splitName(fullName));
    return name !== undefined && usernames.has(name);
  };

  return {
    unneeded: [...rules.names].filter(
      (scope) => !guarded.outside.has(scope) && guarded.apisNeeding(scope).length === 0,
    ),
    unobtainable: [...rules.names].flatMap((scope) => {
      const because = whyNobody(scope);
      return because === undefined ? [] : [{ scope, because }];
    }),
    unsubscribed:
      subscribers.length === 0
        ? []
        : [...apis.values()].filter((api) => !isOpen(api) && !hasSubscriber(api.name)).map(({ name }) => name),
    ownerless: applications.flatMap(({ id, owner }) =>
      owner === undefined || users.length === 0 || isDeclaredUser(owner) ? [] : [{ application: id, owner }],
    ),
  };
};

/** Returns a function that logs the drift, once. Call it when everything is mounted. */
export const reportDrift = (drift: () => Drift, logger: Logger): (() => void) => {
  let isReported = false;
  return () => {
    if (isReported) return;
    isReported = true;
    const { unneeded, unobtainable, unsubscribed, ownerless } = drift();
    if (unsubscribed.length > 0) {
      logger.warn(
        { apis: unsubscribed.join(', ') },
        'No declared application subscribes to these APIs, so all their tokens are refused there: add the APIs to `subscriptions`',
      );
    }
    for (const { application, owner } of ownerless) {
      logger.warn(
        { application, owner },
        'The owner of this application is not a declared user. Correct `owner`, declare the user, or create it with `gate.directory.users.create`',
      );
    }
    if (unneeded.length > 0)
      logger.info({ scopes: unneeded.join(', ') }, 'No guard of this process needs these scopes');
    for (const because of new Set(unobtainable.map((found) => found.because))) {
      const scopes = unobtainable.filter((found) => found.because === because).map(({ scope }) => scope);
      logger.info({ scopes: scopes.join(', '), because }, 'No declared user or application can get these scopes');
    }
  };
};
