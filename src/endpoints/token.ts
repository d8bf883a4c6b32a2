import { mayUse } from '../grants/allowed-grants';
import { readClientCredentials } from '../protocol/credentials';
import { OAuthError } from '../protocol/errors';
import { isGrantType } from '../protocol/grant-types';
import { requireParameter } from '../protocol/parameters';
import type { FormHandler } from './endpoint';
import type { Exchange } from './oauth2orize';
import type { AuthenticateClient } from './passport';

/** The token endpoint, RFC 6749 §3.2. Checks the form, the client and the grant type before the grant itself. */
export const tokenEndpoint =
  (authenticateClient: AuthenticateClient, exchange: Exchange): FormHandler =>
  async ({ rawHeaders, parameters, address, onAuthenticated }) => {
    const grantType = requireParameter(parameters, 'grant_type');
    const client = await authenticateClient(readClientCredentials(rawHeaders, parameters), address);
    onAuthenticated(client.clientId);
    if (!isGrantType(grantType)) throw new OAuthError('unsupported_grant_type', 'This grant type is not supported.');
    if (!mayUse(client, grantType)) {
      throw new OAuthError('unauthorized_client', 'The client may not use this grant type.');
    }
    return { status: 200, json: await exchange(grantType, { client, parameters, address }) };
  };
