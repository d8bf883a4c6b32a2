import type { Client } from '../directory/records';
import type { Scope } from '../protocol/scope';
import type { ResourceIndicator, ResourceIndicators } from './resource-indicators';
import type { OfferedScopes, ScopePolicy } from './scope-policy';

export interface OfferServices {
  readonly indicators: Pick<ResourceIndicators, 'scopesOf'>;
  readonly policy: Pick<ScopePolicy, 'offer' | 'offerUnnamed'>;
}

/** The resources and the scope of a request. */
export interface RequestedScopes {
  readonly resources: readonly ResourceIndicator[];
  /** `undefined` if the request has no `scope`. */
  readonly scope: Scope | undefined;
}

/**
 * Begins the decision about the scopes of a request. Resources without a scope request every scope of theirs (RFC 8707 §2).
 * @throws OAuthError `invalid_scope` as `ScopePolicy.offer`
 */
export const offerScopes = (
  { indicators, policy }: OfferServices,
  client: Client,
  { resources, scope }: RequestedScopes,
): OfferedScopes =>
  scope === undefined && resources.length > 0
    ? policy.offerUnnamed(indicators.scopesOf(resources), client)
    : policy.offer(scope ?? [], client);
