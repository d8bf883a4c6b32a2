import { offerScopes } from '../access/offered-scopes';
import type { ResourceIndicator, ResourceIndicators } from '../access/resource-indicators';
import type { ScopePolicy } from '../access/scope-policy';
import { mayUse } from '../grants/allowed-grants';
import { OAuthError } from '../protocol/errors';
import { isCodeChallenge } from '../protocol/pkce';
import type { Query } from '../protocol/query';
import { parseScope, type Scope } from '../protocol/scope';
import type { Seconds } from '../protocol/time';
import { checkResponseMode, type Recipient } from './recipient';

const PROMPTS = ['none', 'login', 'consent'] as const;

export type Prompt = (typeof PROMPTS)[number];

/** An authorization request without faults (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2.1). */
export interface AuthorizationRequest {
  readonly recipient: Recipient;
  readonly challenge: string;
  readonly resources: readonly ResourceIndicator[];
  /** OpenID Connect Core §3.1.2.1. */
  readonly prompts: ReadonlySet<Prompt>;
  readonly maxAge?: Seconds;
  /** User name that the application suggests. */
  readonly loginHint?: string;
  /**
   * Returns the scopes that a user with these roles may give to the client.
   * @throws OAuthError `invalid_scope` if one is lacking, unless scopes may be dropped silently
   */
  readonly offerTo: (roles: readonly string[]) => Scope;
}

export interface RequestServices {
  readonly policy: ScopePolicy;
  readonly indicators: ResourceIndicators;
}

const MAX_HINT_LENGTH = 256;

const invalid = (description: string): OAuthError => new OAuthError('invalid_request', description);

const isPrompt = (text: string): text is Prompt => PROMPTS.some((prompt) => prompt === text);

const readPrompts = ({ values }: Query): ReadonlySet<Prompt> => {
  const names = (values.get('prompt') ?? '').split(' ').filter((name) => name !== '');
  const prompts = names.filter(isPrompt);
  if (prompts.length < names.length) throw invalid('The prompt must be none, login or consent.');
  if (prompts.includes('none') && prompts.length > 1) throw invalid('The prompt none cannot be combined with others.');
  return new Set(prompts);
};

const readMaxAge = ({ values }: Query): Seconds | undefined => {
  const text = values.get('max_age');
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw invalid('The max_age must be a whole number of seconds.');
  return Number(text);
};

const readChallenge = ({ values }: Query): string => {
  const challenge = values.get('code_challenge');
  if (challenge === undefined) throw invalid('The code_challenge is missing: PKCE is required (RFC 7636).');
  if (values.get('code_challenge_method') !== 'S256') throw invalid('The code_challenge_method must be S256.');
  if (!isCodeChallenge(challenge)) throw invalid('The code_challenge must be the base64url of a SHA-256.');
  return challenge;
};

const checkClient = (query: Query, { client }: Recipient): void => {
  const type = query.values.get('response_type');
  if (type === undefined) throw invalid('The response_type is missing.');
  if (type !== 'code') throw new OAuthError('unsupported_response_type', 'The response_type must be code.');
  if (!mayUse(client, 'authorization_code')) {
    throw new OAuthError('unauthorized_client', 'The client may not use the authorization code.');
  }
};

/** Refuses parameters of OpenID Connect that would replace those of the request (Core §6). */
const refuseRequestObjects = ({ values }: Query): void => {
  if (values.has('request')) throw new OAuthError('request_not_supported', 'The parameter request is not supported.');
  if (values.has('request_uri')) {
    throw new OAuthError('request_uri_not_supported', 'The parameter request_uri is not supported.');
  }
};

const readOffer = (
  { values }: Query,
  { client }: Recipient,
  resources: readonly ResourceIndicator[],
  services: RequestServices,
): AuthorizationRequest['offerTo'] => {
  const scope = values.get('scope');
  const requested = { resources, scope: scope === undefined ? undefined : parseScope(scope) };
  const offered = offerScopes(services, client, requested);
  return (roles) => offered.forUser(roles);
};

/**
 * Reads an authorization request whose client and redirect URI have been checked.
 * @throws OAuthError that is sent to the client (RFC 6749 §4.1.2.1)
 */
export const readAuthorizationRequest = (
  query: Query,
  recipient: Recipient,
  services: RequestServices,
): AuthorizationRequest => {
  if (query.repeated.size > 0) throw invalid('A parameter was sent more than once.');
  checkResponseMode(query);
  refuseRequestObjects(query);
  checkClient(query, recipient);
  const challenge = readChallenge(query);
  const prompts = readPrompts(query);
  const maxAge = readMaxAge(query);
  const resources = services.indicators.read(query.resources);
  const offerTo = readOffer(query, recipient, resources, services);
  const hint = query.values.get('login_hint');
  const loginHint = hint !== undefined && hint.length <= MAX_HINT_LENGTH ? { loginHint: hint } : {};
  return {
    recipient,
    challenge,
    resources,
    prompts,
    ...(maxAge === undefined ? {} : { maxAge }),
    ...loginHint,
    offerTo,
  };
};
