import { mintRefreshToken } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import { grantFrom, newAccessToken, type IssuedTokens, type TokenLifetimes } from './issued-tokens';
import { resourcesFrom, type AccessTokenRecord, type RefreshTokenRecord } from './records';
import type { RefreshedRights } from './refreshed-rights';

/** The tokens that replace those of a grant: the records to store, and the tokens for the client. */
export interface Successors {
  readonly access: AccessTokenRecord;
  readonly refresh: RefreshTokenRecord;
  readonly issued: IssuedTokens;
}

/** Creates the next tokens of a grant. Neither outlives the grant. */
export const newSuccessors = (
  replaced: RefreshTokenRecord,
  rights: RefreshedRights,
  { now, lifetimes }: { readonly now: EpochSeconds; readonly lifetimes: TokenLifetimes },
): Successors => {
  const { grantId, proofKey, grantExpiresAt } = replaced;
  const grant = grantFrom(replaced, grantId);
  const lifetime = lifetimes.accessTokenLifetime;
  const { text, record, expiresIn } = newAccessToken(grant, rights.access, { now, lifetime, grantExpiresAt });
  const refreshToken = mintRefreshToken(grantId, proofKey);
  return {
    access: record,
    refresh: {
      ...grant,
      digest: refreshToken.digest,
      scopes: rights.grant,
      resources: resourcesFrom(replaced, rights.access.audience),
      expiresAt: Math.min(now + lifetimes.refreshTokenLifetime, grantExpiresAt),
      grantExpiresAt,
      proofKey,
    },
    issued: { accessToken: text, refreshToken: refreshToken.text, expiresIn, scopes: rights.access.scopes },
  };
};
