import { createServer, exchange, type MiddlewareFunction } from 'oauth2orize';
import type { GrantHandler, TokenRequest } from '../grants/grant-handler';
import type { Grants } from '../grants/grants';
import { asError } from '../protocol/errors';
import { GRANT_TYPES, requiredParametersOf, type GrantType } from '../protocol/grant-types';
import { requireParameter } from '../protocol/parameters';
import { printScope } from '../protocol/scope';

/** Returns the JSON text of a token response (RFC 6749 §5.1). */
export type Exchange = (grantType: GrantType, request: TokenRequest) => Promise<string>;

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
 * Makes the middleware of a grant. oauth2orize's exchanges differ only in the parameters that they require, which
 * `createExchange` has checked; its exchange of client credentials requires none and therefore serves every grant type.
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
export const createExchange = (grants: Grants): Exchange => {
  const server = createServer();
  // By explicit name: by default oauth2orize uses the name of a function, which a minifier changes.
  for (const grantType of GRANT_TYPES) server.exchange(grantType, middlewareFor(grants[grantType]));
  const token = server.token() as unknown as PlainMiddleware;

  return (grantType, request) =>
    new Promise((resolve, reject) => {
      for (const name of requiredParametersOf(grantType)) requireParameter(request.parameters, name);
      const body = { ...Object.fromEntries(request.parameters), grant_type: grantType };
      const plainRequest = { body, user: request.client, authInfo: request };
      const plainResponse = { setHeader: () => undefined, end: resolve };
      token(plainRequest, plainResponse, reject);
    });
};
