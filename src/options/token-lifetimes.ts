import type { Seconds } from '../protocol/time';
import type { TokenLifetimes } from '../tokens/issued-tokens';
import type { Checks } from './checks';

export interface TokenSettings extends TokenLifetimes {
  readonly maxAccessTokenLifetime: Seconds;
}

/** Reads the option `tokens`: lifetimes in seconds. */
export const checkTokens = (checks: Checks, value: unknown): TokenSettings => {
  const known = [
    'accessTokenLifetime',
    'refreshTokenLifetime',
    'grantLifetime',
    'refreshGrace',
    'maxAccessTokenLifetime',
  ];
  const fields = checks.fields(value, ['tokens'], known) ?? {};
  const seconds = (name: string, least: number, most: number, fallback: Seconds): Seconds =>
    checks.integer(fields[name], ['tokens', name], least, most, 'seconds') ?? fallback;
  const maxAccessTokenLifetime = seconds('maxAccessTokenLifetime', 1, 2_592_000, 86_400);
  return Object.freeze({
    accessTokenLifetime: seconds(
      'accessTokenLifetime',
      1,
      maxAccessTokenLifetime,
      Math.min(3_600, maxAccessTokenLifetime),
    ),
    refreshTokenLifetime: seconds('refreshTokenLifetime', 1, 31_536_000, 86_400),
    grantLifetime: seconds('grantLifetime', 1, 315_360_000, 2_592_000),
    refreshGrace: seconds('refreshGrace', 0, 60, 10),
    maxAccessTokenLifetime,
  });
};
