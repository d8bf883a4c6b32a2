import { mintAccessToken, mintGrantId, type GrantId } from '../../../src/protocol/secrets';

/** The id of the grant that an access or refresh token belongs to. */
export const grantIdOf = (token: string): GrantId => token.slice(4, 20) as GrantId;

/** An access token with a right checksum that was never issued. */
export const aForgery = (grantId = mintGrantId()): string => mintAccessToken(grantId).text;

/** A text in which one character differs, by default the last. */
export const altered = (text: string, index = text.length - 1): string =>
  text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1);
