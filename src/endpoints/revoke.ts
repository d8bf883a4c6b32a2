import { OAuthError } from '../protocol/errors';
import { requireParameter } from '../protocol/parameters';
import type { ClientAuthentication } from '../sign-in/client-authenticator';
import type { Revocation } from '../tokens/revocation';
import type { FormHandler } from './endpoint';

const issuedToAnother = (): OAuthError =>
  new OAuthError('unauthorized_client', 'The token was issued to another client: only that one can revoke it.');

/**
 * Token revocation, RFC 7009. Either token of a grant ends the grant, even a spent refresh token. `token_type_hint` is
 * ignored: a hint helps to find a token, but the token itself shows where it is stored.
 */
export const revocationEndpoint =
  (clients: ClientAuthentication, tokens: Pick<Revocation, 'revokeByToken'>): FormHandler =>
  async (request) => {
    const { clientId, application } = await clients.authenticate(request);
    const client = { clientId, organization: application.organization };
    const token = requireParameter(request.parameters, 'token');
    if ((await tokens.revokeByToken(token, 'request', client)) === 'foreign') throw issuedToAnother();
    return { status: 200 }; // an unknown token is a success (RFC 7009 §2.2)
  };
