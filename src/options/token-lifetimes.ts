import type { Seconds } from '../protocol/time';
import type { TokenLifetimes } from '../tokens/issued-tokens';
import type { Checks, Path } from './checks';
import { openGroup } from './field-reader';
import type { TokenOptions } from './options';
import { seconds, type Row } from './row';

export interface TokenSettings extends TokenLifetimes {
  readonly maxAccessTokenLifetime: Seconds;
}

const MAX_ACCESS_TOKEN_LIFETIME = 2_592_000;

/** Rows of `tokens`. */
export const TOKEN_ROWS = {
  accessTokenLifetime: seconds({
    min: 1,
    max: MAX_ACCESS_TOKEN_LIFETIME,
    maxOption: 'maxAccessTokenLifetime',
    default: 3_600,
    doc: 'Lifetime of an access token (`expires_in`, RFC 6749 §5.1).',
  }),
  refreshTokenLifetime: seconds({
    min: 1,
    max: 31_536_000,
    default: 86_400,
    doc: 'Lifetime of a refresh token, counted from each rotation.',
  }),
  grantLifetime: seconds({
    min: 1,
    max: 315_360_000,
    default: 2_592_000,
    doc: 'Lifetime of a grant, which is not extended when its refresh token rotates.',
  }),
  refreshGrace: seconds({
    min: 0,
    max: 60,
    default: 10,
    doc:
      'How long a repeated refresh returns the identical pair, for clients that lost the response; 0: a ' +
      'second use ends the grant immediately (RFC 9700 §4.14).',
  }),
  maxAccessTokenLifetime: seconds({
    min: 1,
    max: MAX_ACCESS_TOKEN_LIFETIME,
    default: 86_400,
    doc: 'Upper bound of every access token lifetime.',
  }),
} satisfies Record<keyof TokenOptions, Row>;

/** Reads the option `tokens`: lifetimes in seconds. */
export const readTokens = (checks: Checks, value: unknown, path: Path): TokenSettings => {
  const tokens = openGroup(checks, TOKEN_ROWS, value, path);
  const maxAccessTokenLifetime = tokens.read('maxAccessTokenLifetime');
  return Object.freeze({
    accessTokenLifetime: tokens.read('accessTokenLifetime', maxAccessTokenLifetime),
    refreshTokenLifetime: tokens.read('refreshTokenLifetime'),
    grantLifetime: tokens.read('grantLifetime'),
    refreshGrace: tokens.read('refreshGrace'),
    maxAccessTokenLifetime,
  });
};
