import { createServer, exchange, type MiddlewareFunction } from 'oauth2orize';
import { mayUse } from '../grants/allowed-grants';
import type { GrantHandler, TokenRequest } from '../grants/grant-handler';
import type { Grants } from '../grants/grants';
import { deprecationHeaders, type Deprecation } from '../protocol/deprecation';
import { asError, OAuthError } from '../protocol/errors';
import { GRANT_TYPES, isGrantType, requiredParametersOf, type GrantType } from '../protocol/grant-types';
import { requireParameter } from '../protocol/parameters';
import { printScope } from '../protocol/scope';
import type { ClientAuthentication } from '../sign-in/client-authenticator';
import type { FormHandler, FormHeaders } from './endpoint';

/** Returns the JSON text of a token response (RFC 6749 §5.1). */
type Exchange = (grantType: GrantType, request: TokenRequest) => Promise<string>;

const PASSWORD: GrantType = 'password';

type Done = (error: Error | null, accessToken?: string | false, refreshToken?: string, members?: object) => void;

/** The parts of a request and a response that oauth2orize needs. Its types require Node's complete objects. */
type PlainMiddleware = (request: object, response: object, next: (error?: unknown) => void) => void;

/** Passes the outcome of a grant to the callback of oauth2orize. A failure is always an Error. */
const complete = (handle: GrantHandler, request: TokenRequest, done: Done): void => {
  handle(request)
    .then(({ accessToken, refreshToken, expiresIn, scopes }) =>
      done(null, accessToken, refreshToken, { expires_in: expiresIn, scope: printScope(scopes) }),
    )
    .catch((thrown: unknown) => done(asError(thrown)));
};

/**
 * Makes the middleware of a grant. oauth2orize's exchanges differ only in the parameters that they require, which the
 * endpoint has checked; its exchange of client credentials requires none and therefore serves every grant type.
 */
const middlewareFor = (handle: GrantHandler): MiddlewareFunction =>
  // The number of declared parameters decides what oauth2orize passes, so all of them are named.
  exchange.clientCredentials({}, (_client, _scope, _body, request: TokenRequest, done) =>
    complete(handle, request, done as Done),
  );

/**
 * Dispatches to the grants and composes token responses, by oauth2orize. It never receives Express's request or
 * response: on its own it responds with 403 and 501 where RFC 6749 requires 400, publishes the message of any error,
 * passes arrays on as user names, and never responds if an async callback throws. Its input here has passed the strict
 * reader, and its errors are rendered by the endpoint.
 */
const createExchange = (grants: Grants): Exchange => {
  const server = createServer();
  // By explicit name: by default oauth2orize uses the name of a function, which a minifier changes.
  for (const grantType of GRANT_TYPES) server.exchange(grantType, middlewareFor(grants[grantType]));
  const token = server.token() as unknown as PlainMiddleware;

  return (grantType, request) =>
    new Promise((resolve, reject) => {
      const body = { ...Object.fromEntries(request.parameters), grant_type: grantType };
      const plainRequest = { body, user: request.client, authInfo: request };
      const plainResponse = { setHeader: () => undefined, end: resolve };
      token(plainRequest, plainResponse, reject);
    });
};

/** Announces the end of the password grant in the responses to it, refusals included. */
export const passwordGrantHeaders = (announced: Deprecation): FormHeaders => {
  const headers = deprecationHeaders(announced);
  return (parameters) => (parameters.get('grant_type') === PASSWORD ? headers : {});
};

/** The token endpoint, RFC 6749 §3.2. Checks the form, the client and the grant type before the grant itself. */
export const tokenEndpoint = (clients: ClientAuthentication, grants: Grants): FormHandler => {
  const exchangeFor = createExchange(grants);
  return async (request) => {
    const { parameters, address } = request;
    const grantType = requireParameter(parameters, 'grant_type');
    const client = await clients.authenticate(request);
    if (!isGrantType(grantType)) throw new OAuthError('unsupported_grant_type', 'This grant type is not supported.');
    if (!mayUse(client, grantType)) {
      throw new OAuthError('unauthorized_client', 'The client may not use this grant type.');
    }
    for (const name of requiredParametersOf(grantType)) requireParameter(parameters, name);
    return { status: 200, json: await exchangeFor(grantType, { client, parameters, address }) };
  };
};
