import { bearerChallenge } from '../protocol/challenge';
import { readBearerCredentials } from '../protocol/credentials';
import { OAuthError } from '../protocol/errors';
import { TICKET_LIFETIME, type Tickets } from '../tokens/tickets';
import type { TokenLookup } from '../tokens/token-lookup';
import type { Respond } from './endpoint';
import { declaredLength } from './request-stream';

export interface TicketEndpointServices {
  readonly tickets: Pick<Tickets, 'issue'>;
  readonly tokens: Pick<TokenLookup, 'find'>;
  readonly realm: string;
}

/** Creates a 401 with a challenge (RFC 6750 §3). @param error of the challenge; left out if no token was sent */
const unauthorized = (description: string, realm: string, error?: string): OAuthError => {
  const parameters = error === undefined ? {} : { error, error_description: description };
  const headers = { 'WWW-Authenticate': bearerChallenge({ realm, ...parameters }) };
  return new OAuthError('invalid_token', description, { headers });
};

const malformed = (description: string): OAuthError => new OAuthError('invalid_request', description);

/**
 * Exchanges the access token of the `Authorization` header for a one-time ticket. It takes no body, so that there is one
 * place only for the token.
 */
export const webSocketTicketEndpoint =
  ({ tickets, tokens, realm }: TicketEndpointServices): Respond =>
  async (request, _response, onAuthenticated) => {
    if (declaredLength(request) !== 0)
      throw malformed('Send no body: the access token is in the Authorization header.');
    const credentials = readBearerCredentials(request.rawHeaders);
    if (credentials.kind === 'malformed') {
      throw malformed('Send one access token, in one Authorization header, and nowhere else.');
    }
    if (credentials.kind === 'none') {
      throw unauthorized('This endpoint needs an access token: send Authorization: Bearer and the token.', realm);
    }
    const record = await tokens.find(credentials.token);
    if (record === undefined) {
      throw unauthorized('The access token is unknown, expired or revoked.', realm, 'invalid_token');
    }
    onAuthenticated(record.clientId);
    const ticket = await tickets.issue(record);
    return { status: 200, json: JSON.stringify({ ticket, expires_in: TICKET_LIFETIME }) };
  };
