import { offerScopes } from '../access/offered-scopes';
import type { ResourceIndicators } from '../access/resource-indicators';
import type { OfferedScopes, ScopePolicy } from '../access/scope-policy';
import type { Client } from '../directory/records';
import { resourcesIn, type Parameters } from '../protocol/parameters';
import { parseScope, type Scope } from '../protocol/scope';

/** The values of a request that say what its tokens are for. */
export interface RequestedValues {
  readonly resources: readonly string[];
  /** `undefined` if the request has no `scope`. */
  readonly scope: Scope | undefined;
}

/** The resource and the scopes that a request for a new grant may have. */
export interface RequestedRights {
  /** Identifier of the resource; `undefined` for any. */
  readonly audience: string | undefined;
  /** Identifiers of the resources of the grant; `undefined` for any. */
  readonly resources: readonly string[] | undefined;
  readonly offered: OfferedScopes;
}

export interface RightsServices {
  readonly indicators: ResourceIndicators;
  readonly policy: ScopePolicy;
}

/**
 * Decides about `resource` (RFC 8707 §2) and `scope`, as `offerScopes` does.
 * @throws OAuthError `invalid_target`; `invalid_scope` as `ScopePolicy.offer`
 */
export const decideRights = (
  services: RightsServices,
  client: Client,
  { resources, scope }: RequestedValues,
): RequestedRights => {
  const resource = services.indicators.readOne(resources);
  const offered = offerScopes(services, client, { resources: resource === undefined ? [] : [resource], scope });
  if (resource === undefined) return { audience: undefined, resources: undefined, offered };
  return { audience: resource.identifier, resources: [resource.identifier], offered };
};

/** Reads the values from the parameters of a token request. @throws OAuthError `invalid_scope` */
export const requestedValuesIn = (parameters: Parameters): RequestedValues => {
  const scope = parameters.get('scope');
  return { resources: resourcesIn(parameters), scope: scope === undefined ? undefined : parseScope(scope) };
};
