import type { ServerResponse } from 'node:http';
import { bearerChallenge } from '../protocol/challenge';
import { refusalBodies, type Dialect, type RefusalReason } from './refusal-bodies';
import { CHALLENGED, insufficientScope, UNCHALLENGED, type RefusalDefinition } from './refusal-definitions';
import type { CompiledRequirement } from './requirements';

/** A prepared refusal, headers and bytes. */
export interface Refusal {
  readonly status: number;
  readonly reason: RefusalReason;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** The refusals of one rule. Their challenges name its scopes, so that a client requests the right ones next. */
export interface RuleRefusals {
  /** No token was sent, so there is no error to report (RFC 6750 §3.1). */
  readonly unauthenticated: Refusal;
  readonly invalidToken: Refusal;
  /** A live token that only another resource accepts. */
  readonly wrongAudience: Refusal;
  readonly insufficientScope: Refusal;
}

/** The refusals of a protected resource. The header carries the same message in the terms of RFC 6750. */
export interface Refusals {
  readonly malformed: Refusal;
  /** The application does not subscribe to the API. No scope would help, so none is named. */
  readonly notSubscribed: Refusal;
  /** A sandbox token at an API that has no sandbox. */
  readonly noSandbox: Refusal;
  readonly unavailable: Refusal;
  /** Without `Retry-After`, which depends on the time. */
  readonly planExceeded: Refusal;
  /** Without `Retry-After`, which depends on the time. */
  readonly limitExceeded: Refusal;
  /** The API is retired; another token would not change that. */
  readonly retired: Refusal;
  readonly notCanonical: Refusal;
  readonly notFound: Refusal;
  ofRule(requirement: CompiledRequirement): RuleRefusals;
  methodNotAllowed(methods: readonly string[]): Refusal;
}

export interface RefusalStyle {
  readonly realm: string;
  /** URL of the metadata of the protected resource (RFC 9728 §5.1); omitted if they are not published. */
  readonly resourceMetadata?: string;
  /** @default 'oauth' */
  readonly dialect?: Dialect;
  /** True if a WebSocket handshake may bring the token in another way than the header. @default false */
  readonly websocket?: boolean;
}

const HEADERS = {
  'Content-Type': 'application/json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
};

/** Prepares the refusals of one protected resource, headers and bytes. */
export const createRefusals = (style: RefusalStyle): Refusals => {
  const { realm, resourceMetadata, dialect = 'oauth', websocket = false } = style;
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

  /** @param scope of the challenge */
  const challenge = (definition: RefusalDefinition, scope = definition.scope): Refusal => {
    const { error, description } = definition;
    const errorParameters = error === undefined ? {} : { error, error_description: description };
    const parameters = { realm, ...errorParameters, ...(scope === undefined ? {} : { scope }), ...metadata };
    return prepare(definition, { 'WWW-Authenticate': bearerChallenge(parameters) });
  };

  const ofRule = (requirement: CompiledRequirement): RuleRefusals => {
    const scope = requirement.names.length === 0 ? undefined : requirement.names.join(' ');
    return {
      unauthenticated: challenge(CHALLENGED.unauthenticated, scope),
      invalidToken: challenge(CHALLENGED.invalidToken, scope),
      wrongAudience: challenge(CHALLENGED.wrongAudience, scope),
      insufficientScope: challenge(insufficientScope(requirement)),
    };
  };

  return {
    malformed: challenge(websocket ? CHALLENGED.malformedOrHandshake : CHALLENGED.malformed),
    notSubscribed: challenge(CHALLENGED.notSubscribed),
    noSandbox: challenge(CHALLENGED.noSandbox),
    unavailable: prepare(UNCHALLENGED.unavailable, { 'Retry-After': '1' }),
    planExceeded: prepare(UNCHALLENGED.planExceeded),
    limitExceeded: prepare(UNCHALLENGED.limitExceeded),
    retired: prepare(UNCHALLENGED.retired),
    notCanonical: prepare(UNCHALLENGED.notCanonical),
    notFound: prepare(UNCHALLENGED.notFound),
    ofRule,
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
