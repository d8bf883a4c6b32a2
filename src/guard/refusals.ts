import type { ServerResponse } from 'node:http';
import { bearerChallenge } from '../protocol/challenge';
import { refusalBodies, type Dialect, type RefusalReason, type RefusalText } from './refusal-bodies';
import type { CompiledRequirement } from './requirements';

/** A prepared refusal, headers and bytes. */
export interface Refusal {
  readonly status: number;
  readonly reason: RefusalReason;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** The refusals of a protected resource. The header carries the same message in the terms of RFC 6750. */
export interface Refusals {
  /** No token was sent, so there is no error to report (RFC 6750 §3.1). */
  readonly unauthenticated: Refusal;
  readonly malformed: Refusal;
  readonly invalidToken: Refusal;
  /** The application does not subscribe to the API. No scope would help, so none is named. */
  readonly notSubscribed: Refusal;
  /** A sandbox token at an API that has no sandbox. */
  readonly noSandbox: Refusal;
  readonly unavailable: Refusal;
  readonly notCanonical: Refusal;
  readonly notFound: Refusal;
  insufficientScope(requirement: CompiledRequirement): Refusal;
  methodNotAllowed(methods: readonly string[]): Refusal;
}

export interface RefusalStyle {
  readonly realm: string;
  /** URL of the metadata of the protected resource (RFC 9728 §5.1); omitted if they are not published. */
  readonly resourceMetadata?: string;
  /** @default 'oauth' */
  readonly dialect?: Dialect;
}

const HEADERS = {
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/** Refusals with a challenge. `error` is omitted if no token was sent (RFC 6750 §3.1). */
const CHALLENGED = {
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
  invalidToken: {
    status: 401,
    reason: 'invalid_token',
    error: 'invalid_token',
    description: 'The access token is unknown, expired or revoked.',
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
const UNCHALLENGED = {
  unavailable: {
    status: 503,
    reason: 'temporarily_unavailable',
    error: 'temporarily_unavailable',
    description: 'The token cannot be checked at the moment. Try again shortly.',
  },
  notCanonical: {
    status: 400,
    reason: 'not_canonical',
    error: 'invalid_request',
    description: 'The path is not canonical: no empty or dot segments, no needless or dangerous escapes.',
  },
  notFound: { status: 404, reason: 'not_found', error: 'not_found', description: 'There is no such resource.' },
  methodNotAllowed: {
    status: 405,
    reason: 'method_not_allowed',
    error: 'method_not_allowed',
    description: 'This resource does not take this method.',
  },
} as const;

type RefusalDefinition = RefusalText & { readonly status: number };

const insufficientScope = ({ names }: CompiledRequirement): RefusalDefinition => ({
  status: 403,
  reason: 'insufficient_scope',
  error: 'insufficient_scope',
  description:
    names.length === 1
      ? `This resource needs the scope ${names[0]}.`
      : `This resource needs more scope than the token has: its rule names ${names.join(', ')}.`,
  scope: names.join(' '),
});

/** Prepares the refusals of one protected resource, headers and bytes. */
export const createRefusals = ({ realm, resourceMetadata, dialect = 'oauth' }: RefusalStyle): Refusals => {
  const metadata = resourceMetadata === undefined ? {} : { resource_metadata: resourceMetadata };

  const prepare = (
    { status, ...text }: RefusalDefinition,
    headers: Readonly<Record<string, string>> = {},
  ): Refusal => ({
    status,
    reason: text.reason,
    headers: Object.entries({ ...HEADERS, ...headers }),
    body: JSON.stringify(refusalBodies[dialect](text)),
  });

  const challenge = (definition: RefusalDefinition): Refusal => {
    const { error, description, scope } = definition;
    const errorParameters = error === undefined ? {} : { error, error_description: description };
    const parameters = { realm, ...errorParameters, ...(scope === undefined ? {} : { scope }), ...metadata };
    return prepare(definition, { 'WWW-Authenticate': bearerChallenge(parameters) });
  };

  return {
    unauthenticated: challenge(CHALLENGED.unauthenticated),
    malformed: challenge(CHALLENGED.malformed),
    invalidToken: challenge(CHALLENGED.invalidToken),
    notSubscribed: challenge(CHALLENGED.notSubscribed),
    noSandbox: challenge(CHALLENGED.noSandbox),
    unavailable: prepare(UNCHALLENGED.unavailable, { 'Retry-After': '1' }),
    notCanonical: prepare(UNCHALLENGED.notCanonical),
    notFound: prepare(UNCHALLENGED.notFound),
    insufficientScope: (requirement) => challenge(insufficientScope(requirement)),
    methodNotAllowed: (methods) => prepare(UNCHALLENGED.methodNotAllowed, { Allow: methods.join(', ') }),
  };
};

/** Sends a refusal, unless the client has disconnected or a response has already been started. */
export const sendRefusal = (response: ServerResponse, { status, headers, body }: Refusal): void => {
  if (response.headersSent || response.destroyed) return;
  try {
    response.statusCode = status;
    for (const [name, value] of headers) response.setHeader(name, value);
    response.end(body);
  } catch {
    response.destroy(); // Express treats a middleware that throws `undefined` like one that calls `next()`
  }
};
