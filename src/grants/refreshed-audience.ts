import type { ResourceIndicators } from '../access/resource-indicators';
import { OAuthError } from '../protocol/errors';
import type { RefreshTokenRecord } from '../tokens/records';

/**
 * Decides which resource a refreshed access token is for: the requested one, if the grant includes it, else that of the
 * token that it replaces (RFC 8707 §2.2). A grant for any resource gives tokens for the requested one, or for any.
 * @param requested identifier of the requested resource
 * @throws OAuthError `invalid_target`
 */
export const refreshedAudience = (
  indicators: Pick<ResourceIndicators, 'find'>,
  { resources }: Pick<RefreshTokenRecord, 'resources'>,
  requested: string | undefined,
): string | undefined => {
  const audience = requested ?? resources?.[0];
  if (audience === undefined) return undefined;
  if (resources !== undefined && !resources.includes(audience)) {
    throw new OAuthError('invalid_target', 'The resource is not one that was granted.');
  }
  // Its API may have been removed since: no guard would accept the token.
  if (indicators.find(audience) !== undefined) return audience;
  throw new OAuthError('invalid_target', 'The resource of this grant no longer exists.');
};
