import type { RefusalText } from './refusal-bodies';
import type { CompiledRequirement } from './requirements';

/** Refusals with a challenge. `error` is omitted if no token was sent (RFC 6750 §3.1). */
export const CHALLENGED = {
  unauthenticated: {
    status: 401,
    reason: 'no_token',
    description: 'This resource needs an access token: send Authorization: Bearer and the token.',
  },
  malformed: {
    status: 400,
    reason: 'invalid_request',
    error: 'invalid_request',
    description: 'Send one access token, in one Authorization header, and nowhere else.',
  },
  malformedOrHandshake: {
    status: 400,
    reason: 'invalid_request',
    error: 'invalid_request',
    description:
      'Send one access token in one way: the Authorization header or, at a WebSocket handshake, the subprotocol after bearer or a ticket.',
  },
  invalidToken: {
    status: 401,
    reason: 'invalid_token',
    error: 'invalid_token',
    description: 'The access token is unknown, expired or revoked.',
  },
  wrongAudience: {
    status: 401,
    reason: 'wrong_audience',
    error: 'invalid_token',
    description: 'The access token is for another resource of this server.',
  },
  notSubscribed: {
    status: 403,
    reason: 'not_subscribed',
    error: 'insufficient_scope',
    description: 'The application of this token does not subscribe to this API.',
  },
  noSandbox: {
    status: 403,
    reason: 'no_sandbox',
    error: 'insufficient_scope',
    description: 'This API has no sandbox: send a token of the production key.',
  },
} as const;

/** Refusals that another token would not change, so they have no challenge. */
export const UNCHALLENGED = {
  unavailable: {
    status: 503,
    reason: 'temporarily_unavailable',
    error: 'temporarily_unavailable',
    description: 'The token cannot be checked at the moment. Try again shortly.',
  },
  planExceeded: {
    status: 429,
    reason: 'plan_exceeded',
    error: 'too_many_requests',
    description:
      'The plan of this subscription admits no more requests now. Repeat the request after the seconds in Retry-After.',
  },
  limitExceeded: {
    status: 429,
    reason: 'limit_exceeded',
    error: 'too_many_requests',
    description: 'This resource admits no more requests now. Repeat the request after the seconds in Retry-After.',
  },
  notCanonical: {
    status: 400,
    reason: 'not_canonical',
    error: 'invalid_request',
    description: 'The path is not canonical: no empty or dot segments, no needless or dangerous escapes.',
  },
  retired: {
    status: 410,
    reason: 'retired',
    error: 'retired',
    description: 'This API is retired: it serves no more requests.',
  },
  notFound: { status: 404, reason: 'not_found', error: 'not_found', description: 'There is no such resource.' },
  methodNotAllowed: {
    status: 405,
    reason: 'method_not_allowed',
    error: 'method_not_allowed',
    description: 'This resource does not take this method.',
  },
} as const;

/** The message of a refusal and its status. */
export type RefusalDefinition = RefusalText & { readonly status: number };

export const insufficientScope = ({ names }: CompiledRequirement): RefusalDefinition => ({
  status: 403,
  reason: 'insufficient_scope',
  error: 'insufficient_scope',
  description:
    names.length === 1
      ? `This resource needs the scope ${names[0]}.`
      : `This resource needs more scope than the token has: its rule names ${names.join(', ')}.`,
  scope: names.join(' '),
});
