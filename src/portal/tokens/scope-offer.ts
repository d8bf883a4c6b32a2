import type { Api } from '../../access/api';
import type { OwnClient } from '../application/own-applications';
import type { PortalServices } from '../services';

/** Scopes of one API that the client's application subscribes to, or scopes that no API needs. */
export interface ScopeGroup {
  readonly kind: 'api' | 'allScopes' | 'otherScopes';
  /** Title of the API; empty for other groups. */
  readonly title: string;
  readonly scopes: readonly string[];
  /** True if the group's API refuses every token of this key, because it has no sandbox. */
  readonly hasNoSandbox: boolean;
}

export interface ScopeOffer {
  readonly groups: readonly ScopeGroup[];
  /** APIs without a subscription. The scopes that only they need cannot be granted for that reason. */
  readonly unsubscribed: readonly Api[];
}

type OfferServices = Pick<PortalServices, 'apis' | 'guarded' | 'policy' | 'rules'>;

/**
 * Lists the scopes that an application can request: those of its APIs, each once, under the first API that needs it. A
 * scope that no API needs is offered only if the policy allows the application to have it.
 */
export const offerFor = ({ application, environment }: OwnClient, services: OfferServices): ScopeOffer => {
  const { apis, guarded, policy, rules } = services;
  const names = [...rules.names];
  const all = [...apis.values()];
  if (all.length === 0) {
    return { groups: [{ kind: 'allScopes', title: '', scopes: names, hasNoSandbox: false }], unsubscribed: [] };
  }
  const isSubscribed = ({ name }: Api): boolean => application.subscriptions.includes(name);
  const subscribed = all.filter(isSubscribed);
  const firstApiWith = (scope: string): string | undefined =>
    subscribed.find(({ name }) => guarded.apisNeeding(scope).includes(name))?.name;
  const others = names.filter(
    (scope) => guarded.apisNeeding(scope).length === 0 && policy.whyRefused(scope, application) === undefined,
  );
  return {
    groups: [
      ...subscribed.map(({ name, title, sandbox }) => ({
        kind: 'api' as const,
        title,
        scopes: names.filter((scope) => firstApiWith(scope) === name),
        hasNoSandbox: environment === 'sandbox' && !sandbox,
      })),
      ...(others.length === 0
        ? []
        : [{ kind: 'otherScopes' as const, title: '', scopes: others, hasNoSandbox: false }]),
    ],
    unsubscribed: all.filter((api) => !isSubscribed(api)),
  };
};
