import type { ServerResponse } from 'node:http';
import { bearerChallenge } from '../protocol/challenge';
import type { CompiledRequirement } from './requirements';

/** A refusal made ready, headers and bytes. */
export interface Refusal {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

const refusal = (
  status: number,
  members: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Refusal => ({
  status,
  headers: Object.entries({
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  }),
  body: JSON.stringify(members),
});

/** What a guard says in words; the header says the same in RFC 6750's. */
export interface Refusals {
  /** No token was sent, so there is no error to report (RFC 6750 §3.1). */
  readonly unauthenticated: Refusal;
  readonly malformed: Refusal;
  readonly invalidToken: Refusal;
  readonly unavailable: Refusal;
  readonly notCanonical: Refusal;
  readonly notFound: Refusal;
  insufficientScope(requirement: CompiledRequirement): Refusal;
  methodNotAllowed(methods: readonly string[]): Refusal;
}

export const createRefusals = (realm: string): Refusals => {
  const challenged = (status: number, error: string, description: string, scope?: string): Refusal => {
    const parameters = { realm, error, error_description: description, ...(scope === undefined ? {} : { scope }) };
    return refusal(
      status,
      { error, error_description: description, ...(scope === undefined ? {} : { scope }) },
      { 'WWW-Authenticate': bearerChallenge(parameters) },
    );
  };

  return {
    unauthenticated: refusal(
      401,
      { error_description: 'This resource needs an access token: send Authorization: Bearer and the token.' },
      { 'WWW-Authenticate': bearerChallenge({ realm }) },
    ),
    malformed: challenged(
      400,
      'invalid_request',
      'Send one access token, in one Authorization header, and nowhere else.',
    ),
    invalidToken: challenged(401, 'invalid_token', 'The access token is unknown, expired or revoked.'),
    unavailable: refusal(
      503,
      {
        error: 'temporarily_unavailable',
        error_description: 'The token cannot be checked at the moment. Try again shortly.',
      },
      { 'Retry-After': '1' },
    ),
    notCanonical: refusal(400, {
      error: 'invalid_request',
      error_description: 'The path is not canonical: no empty or dot segments, no needless or dangerous escapes.',
    }),
    notFound: refusal(404, { error: 'not_found', error_description: 'There is no such resource.' }),
    insufficientScope: ({ names }) =>
      challenged(
        403,
        'insufficient_scope',
        names.length === 1
          ? `This resource needs the scope ${names[0]}.`
          : `This resource needs more scope than the token has: its rule names ${names.join(', ')}.`,
        names.join(' '),
      ),
    methodNotAllowed: (methods) =>
      refusal(
        405,
        { error: 'method_not_allowed', error_description: 'This resource does not take this method.' },
        { Allow: methods.join(', ') },
      ),
  };
};

/** Sends a refusal, unless the client has left or somebody else has answered. */
export const refuse = (response: ServerResponse, { status, headers, body }: Refusal): void => {
  if (response.headersSent || response.destroyed) return;
  response.statusCode = status;
  for (const [name, value] of headers) response.setHeader(name, value);
  response.end(body);
};
