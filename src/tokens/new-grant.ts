import type { IssueOccasion } from '../events/gate-events';
import { mintProofKey, mintRefreshToken, type GrantId } from '../protocol/secrets';
import type { EpochSeconds, Seconds } from '../protocol/time';
import { newAccessToken, type IssuedTokens, type Rights, type TokenLifetimes } from './issued-tokens';
import { resourcesFrom, type AccessTokenRecord, type Grant, type RefreshTokenRecord } from './records';

export interface IssueRequest extends Omit<Grant, 'grantId'>, Rights {
  readonly occasion: IssueOccasion;
  /** Id of the grant. @default a new one */
  readonly grantId?: GrantId;
  /** Identifiers of the resources that refreshed access tokens may be for. @default any */
  readonly resources?: readonly string[] | undefined;
  /** Lifetime of the access token. @default `accessTokenLifetime` */
  readonly lifetime?: Seconds;
  /** `none` if the client may not use a refresh token. */
  readonly refreshToken: 'issue' | 'none';
}

/** Tokens of a new grant: the records to store, and the tokens for the client. */
export interface NewGrant {
  readonly access: AccessTokenRecord;
  readonly refresh?: RefreshTokenRecord;
  readonly issued: IssuedTokens;
}

/** Creates the first tokens of a grant. */
export const newGrant = (
  request: IssueRequest,
  grant: Grant,
  { now, lifetimes }: { readonly now: EpochSeconds; readonly lifetimes: TokenLifetimes },
): NewGrant => {
  const { scopes, refreshToken, lifetime = lifetimes.accessTokenLifetime } = request;
  const grantExpiresAt = now + lifetimes.grantLifetime;
  const { text, record, expiresIn } = newAccessToken(grant, request, { now, lifetime, grantExpiresAt });
  if (refreshToken === 'none') return { access: record, issued: { accessToken: text, expiresIn, scopes } };
  const proofKey = mintProofKey();
  const refresh = mintRefreshToken(grant.grantId, proofKey);
  return {
    access: record,
    refresh: {
      ...grant,
      digest: refresh.digest,
      scopes,
      resources: resourcesFrom(request, request.audience),
      expiresAt: Math.min(now + lifetimes.refreshTokenLifetime, grantExpiresAt),
      grantExpiresAt,
      proofKey,
    },
    issued: { accessToken: text, refreshToken: refresh.text, expiresIn, scopes },
  };
};
