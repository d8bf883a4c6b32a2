import type { Client } from '../directory/records';
import { OAuthError } from '../protocol/errors';
import { requireParameter } from '../protocol/parameters';
import { parseScope, type Scope } from '../protocol/scope';
import type { RefreshTokenRecord } from '../tokens/records';
import type { RefreshedRights } from '../tokens/refreshed-rights';
import { refusedRefresh } from '../tokens/refused-refresh';
import type { GrantHandler, GrantServices } from './grant-handler';

/** The refresh token grant, RFC 6749 §6: the scope can only be narrowed, and rights that were lost are dropped. */
export const refreshTokenGrant = ({ directory, owners, policy, tokens }: GrantServices): GrantHandler => {
  /** Returns the user's current roles; `unknown` if no source returns them. Ends the grant of a user who is gone. */
  const rolesOf = async (grant: RefreshTokenRecord): Promise<readonly string[] | 'unknown'> => {
    if (grant.subject === undefined) return [];
    const roles = await owners.findFreshRoles(grant.subject);
    if (roles !== 'gone') return roles;
    await tokens.revokeGrant(grant, 'gone');
    throw refusedRefresh('the user is gone');
  };

  /** Decides at each refresh, because the credentials do not show what the client may do now. */
  const decide = async (
    authenticated: Client,
    requested: Scope,
    grant: RefreshTokenRecord,
  ): Promise<RefreshedRights> => {
    if (!requested.every((scope) => grant.scopes.includes(scope))) {
      throw new OAuthError('invalid_scope', 'A refresh cannot request more scopes than were granted.');
    }
    const [client, roles] = await Promise.all([directory.findFreshEnabledClient(authenticated), rolesOf(grant)]);
    if (client === undefined) throw refusedRefresh('the client is gone or disabled');
    const forClient = policy.forClient(grant.scopes, client);
    const left = roles === 'unknown' ? forClient : policy.forRoles(forClient, roles);
    const wanted = left.filter((scope) => requested.includes(scope));
    const scopes = requested.length === 0 ? left : policy.checkGranted(requested, wanted);
    return { access: { scopes, subscriptions: policy.subscriptionsOf(client) }, grant: left };
  };

  return async ({ client, parameters }) => {
    const refreshToken = requireParameter(parameters, 'refresh_token');
    const requested = parseScope(parameters.get('scope'));
    const { clientId, application } = client;
    const request = { refreshToken, clientId, organization: application.organization, requested: { scope: requested } };
    return tokens.refresh(request, (grant) => decide(client, requested, grant));
  };
};
