import type { Client } from '../directory/records';
import { OAuthError } from '../protocol/errors';
import { requireParameter, resourcesIn } from '../protocol/parameters';
import { parseScope, type Scope } from '../protocol/scope';
import type { RefreshTokenRecord } from '../tokens/records';
import type { RefreshedRights } from '../tokens/refreshed-rights';
import { refusedRefresh } from '../tokens/refused-refresh';
import { findFreshConsented } from './consented-scopes';
import type { GrantHandler, GrantServices } from './grant-handler';
import { refreshedAudience } from './refreshed-audience';

interface RequestedRefresh {
  readonly scope: Scope;
  readonly resource: string | undefined;
}

/** The refresh token grant, RFC 6749 §6: the scope can only be narrowed, and rights that were lost are dropped. */
export const refreshTokenGrant = (services: GrantServices): GrantHandler => {
  const { directory, owners, consents, indicators, policy, tokens } = services;

  /** Returns the user's current roles; `unknown` if no source returns them. Ends the grant of a user who is gone. */
  const rolesOf = async (grant: RefreshTokenRecord): Promise<readonly string[] | 'unknown'> => {
    if (grant.subject === undefined) return [];
    const roles = await owners.findFreshRoles(grant.subject);
    if (roles !== 'gone') return roles;
    await tokens.revokeGrant(grant, 'gone');
    throw refusedRefresh('the user is gone');
  };

  /** Returns the scopes to which the user still consents. Ends a grant whose consent is withdrawn. */
  const consentedScopesOf = async (grant: RefreshTokenRecord): Promise<Scope> => {
    const scopes = await findFreshConsented(consents, grant, grant.scopes);
    if (scopes !== 'withdrawn') return scopes;
    await tokens.revokeGrant(grant, 'consent');
    throw refusedRefresh('the consent is withdrawn');
  };

  /** Decides at each refresh, because the credentials do not show what the client may do now. */
  const decide = async (
    authenticated: Client,
    requested: RequestedRefresh,
    grant: RefreshTokenRecord,
  ): Promise<RefreshedRights> => {
    if (!requested.scope.every((scope) => grant.scopes.includes(scope))) {
      throw new OAuthError('invalid_scope', 'A refresh cannot request more scopes than were granted.');
    }
    const audience = refreshedAudience(indicators, grant, requested.resource);
    const [client, roles, consented] = await Promise.all([
      directory.findFreshEnabledClient(authenticated),
      rolesOf(grant),
      consentedScopesOf(grant),
    ]);
    if (client === undefined) throw refusedRefresh('the client is gone or disabled');
    const forClient = policy.forClient(consented, client);
    const left = roles === 'unknown' ? forClient : policy.forRoles(forClient, roles);
    const wanted = left.filter((scope) => requested.scope.includes(scope));
    const scopes = requested.scope.length === 0 ? left : policy.checkGranted(requested.scope, wanted);
    return { access: { scopes, subscriptions: policy.subscriptionsOf(client), audience }, grant: left };
  };

  return async ({ client, parameters }) => {
    const refreshToken = requireParameter(parameters, 'refresh_token');
    const scope = parseScope(parameters.get('scope'));
    const resource = indicators.readOne(resourcesIn(parameters))?.identifier;
    const requested = { scope, resource: resource === undefined ? [] : [resource] };
    const { clientId, application } = client;
    return tokens.refresh({ refreshToken, clientId, organization: application.organization, requested }, (grant) =>
      decide(client, { scope, resource }, grant),
    );
  };
};
