import type { Request, Response } from 'express';
import type { Emit } from '../events/emitter';
import { kindOfError, type Logger } from '../events/logger';
import type { ObservedRequests } from '../events/request-facts';
import { basicChallenge } from '../protocol/challenge';
import type { BearerEndpointName, FormEndpointName } from '../protocol/endpoints';
import { asOAuthError, OAuthError } from '../protocol/errors';
import { refuseQueryParameters, type Parameters } from '../protocol/parameters';
import type { Seconds } from '../protocol/time';
import type { ClientRequest } from '../sign-in/client-authenticator';
import type { FormReader } from './body';
import { requireHttps } from './transport';
import type { Endpoint } from './routes';

/** The response of a handler. */
export interface Reply {
  readonly status: number;
  /** JSON text. If omitted, the body is `text`, or empty. */
  readonly json?: string;
  /** Content of the type that `headers` name. */
  readonly text?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** How long any cache may store the response, in seconds; if omitted, it must not be stored. */
  readonly maxAge?: Seconds;
  /** True if the content of the URL never changes (RFC 8246). @default false */
  readonly isImmutable?: boolean;
}

/**
 * Returns the response to a form, or throws an OAuthError. It calls `onAuthenticated` as soon as the client has
 * authenticated, so that the event of a later refusal names it.
 */
export type FormHandler = (request: ClientRequest) => Promise<Reply>;

/** Returns headers of every response to a form, whether it succeeds or not. */
export type FormHeaders = (parameters: Parameters) => Readonly<Record<string, string>>;

export interface FormServices {
  readonly forms: FormReader;
  readonly realm: string;
  readonly requireTls: boolean;
  readonly observed: ObservedRequests;
  readonly emit: Emit;
  readonly logger: Logger;
}

const notStored = { 'Cache-Control': 'no-store', Pragma: 'no-cache' };

/** Sends a reply with the headers that every response of an endpoint has (RFC 6749 §5.1). */
export const send = (response: Response, { status, json, text = json, headers, maxAge, isImmutable }: Reply): void => {
  if (response.headersSent) {
    response.destroy(); // a partial response must not look like a complete one
    return;
  }
  response.statusCode = status;
  response.removeHeader('X-Powered-By');
  if (json !== undefined) response.setHeader('Content-Type', 'application/json');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const suffix = isImmutable === true ? ', immutable' : '';
  const caching = maxAge === undefined ? notStored : { 'Cache-Control': `public, max-age=${maxAge}${suffix}` };
  for (const [name, value] of Object.entries({ ...caching, ...headers })) response.setHeader(name, value);
  response.end(text);
};

/** A 401 has the challenge of clients unless the error has one of its own. */
const replyTo = (error: OAuthError, realm: string): Reply => ({
  status: error.status,
  json: JSON.stringify({ error: error.code, error_description: error.message }),
  headers: error.status === 401 ? { 'WWW-Authenticate': basicChallenge(realm), ...error.headers } : error.headers,
});

/** Closes the connection after the response if the body was not read, because its rest must not be waited for. */
const closingIfUnread = (request: Request, reply: Reply): Reply =>
  request.complete ? reply : { ...reply, headers: { ...reply.headers, Connection: 'close' } };

const noHeaders: FormHeaders = () => ({});

/** Returns the response to a request, or throws an OAuthError. */
export type Respond = (
  request: Request,
  response: Response,
  onAuthenticated: ClientRequest['onAuthenticated'],
) => Promise<Reply>;

/**
 * Makes an endpoint that accepts POST. It alone checks the method, TLS and the URL, and turns every error into a
 * response. Neither a request nor an error reaches the routes behind it.
 */
export const postEndpoint = (
  place: FormEndpointName | BearerEndpointName,
  respond: Respond,
  { realm, requireTls, observed, emit, logger }: Omit<FormServices, 'forms'>,
): Endpoint => {
  const respondToPost: Respond = async (request, response, onAuthenticated) => {
    if (request.method !== 'POST') {
      throw new OAuthError('invalid_request', 'This endpoint accepts only POST.', {
        status: 405,
        headers: { Allow: 'POST' },
      });
    }
    requireHttps(request, { requireTls, logger });
    refuseQueryParameters(request.originalUrl);
    return respond(request, response, onAuthenticated);
  };

  return (request, response) => {
    let client: { readonly clientId?: string } = {};
    const onAuthenticated = (clientId: string): void => {
      client = { clientId };
      observed.noteClient(request, clientId);
    };
    respondToPost(request, response, onAuthenticated)
      .catch((thrown: unknown) => {
        const error = asOAuthError(thrown);
        if (error.code === 'server_error')
          logger.error({ ...kindOfError(thrown), place }, 'A request failed unexpectedly');
        observed.note(request, { reason: error.reason });
        emit({ type: 'deny', place, status: error.status, reason: error.reason, ...client });
        return closingIfUnread(request, replyTo(error, realm));
      })
      .then((reply) => send(response, reply))
      .catch(() => response.destroy());
  };
};

/** Makes an endpoint that accepts one form by POST, and reads the body. */
export const formEndpoint = (
  place: FormEndpointName,
  handle: FormHandler,
  services: FormServices,
  headersOf: FormHeaders = noHeaders,
): Endpoint =>
  postEndpoint(
    place,
    async (request, response, onAuthenticated) => {
      const parameters = await services.forms.read(request);
      if (!response.headersSent) {
        for (const [name, value] of Object.entries(headersOf(parameters))) response.setHeader(name, value);
      }
      return handle({ rawHeaders: request.rawHeaders, parameters, address: request.ip ?? '', onAuthenticated });
    },
    services,
  );
