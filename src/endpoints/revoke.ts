import { readClientCredentials } from '../protocol/credentials';
import { OAuthError } from '../protocol/errors';
import { requireParameter } from '../protocol/parameters';
import type { Revocation } from '../tokens/revocation';
import type { FormHandler } from './endpoint';
import type { AuthenticateClient } from './passport';

const issuedToAnother = (): OAuthError =>
  new OAuthError('unauthorized_client', 'The token was issued to another client: only that one can revoke it.');

/**
 * Token revocation, RFC 7009. Either token of a grant ends the grant, even a spent refresh token. `token_type_hint` is
 * ignored: a hint helps to find a token, but the token itself shows where it is stored.
 */
export const revocationEndpoint =
  (authenticateClient: AuthenticateClient, tokens: Revocation): FormHandler =>
  async ({ rawHeaders, parameters, address, onAuthenticated }) => {
    const client = await authenticateClient(readClientCredentials(rawHeaders, parameters), address);
    onAuthenticated(client.clientId);
    const token = requireParameter(parameters, 'token');
    const grant = await tokens.grantOf(token);
    if (grant === undefined) {
      await tokens.invalidate(token); // an unknown token is a success (RFC 7009 §2.2), so no gate may still serve it
      return { status: 200 };
    }
    if (grant.clientId !== client.clientId) throw issuedToAnother();
    await tokens.revokeGrant(grant, 'request');
    return { status: 200 };
  };
