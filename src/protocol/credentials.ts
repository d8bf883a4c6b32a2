import { OAuthError } from './errors';
import { decodeFormComponent, decodeUtf8, type Parameters } from './parameters';

export interface ClientCredentials {
  readonly clientId: string;
  /** `undefined` if the request has only a `client_id`: the method `none` of RFC 7591 §2. Basic always has a secret. */
  readonly clientSecret: string | undefined;
}

const badRequest = (description: string): OAuthError => new OAuthError('invalid_request', description);

/** Returns all values of a header field in the order received. `name` is lower-case. */
export const headerValues = (rawHeaders: readonly string[], name: string): readonly string[] => {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const field = rawHeaders[index];
    if (field !== undefined && field.length === name.length && field.toLowerCase() === name) {
      values.push(rawHeaders[index + 1] ?? '');
    }
  }
  return values;
};

/**
 * Returns the only value of a header field, or `undefined`. Reads the raw headers, because Node keeps the first of two
 * values and discards the second.
 *
 * @throws OAuthError `invalid_request` if the field occurs more than once.
 */
export const singleHeader = (rawHeaders: readonly string[], name: string): string | undefined => {
  const values = headerValues(rawHeaders, name);
  if (values.length > 1) throw badRequest(`The request has more than one ${name} header.`);
  return values[0];
};

// VSCHAR, RFC 6749 appendix A.1 and A.2
const visible = /^[\x20-\x7E]*$/;

const malformedBasic = (): OAuthError =>
  badRequest(
    'The Basic credentials are malformed: send base64 of key:secret in UTF-8, both form-encoded (RFC 6749, 2.3.1).',
  );

/**
 * Reads Basic credentials (RFC 7617 §2) whose user-id and password are form-encoded (RFC 6749 §2.3.1). Strict:
 * canonical base64 of UTF-8, split at the first colon, visible ASCII only.
 *
 * @returns `undefined` for another scheme.
 * @throws OAuthError `invalid_request` for a malformed header or malformed credentials.
 */
export const readBasicCredentials = (authorization: string): ClientCredentials | undefined => {
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+(?: |$)/.test(authorization))
    throw badRequest('The Authorization header is malformed.');
  if (!/^basic(?: |$)/i.test(authorization)) return undefined;
  const encoded = authorization.slice('basic'.length).replace(/^ +/, '');
  const bytes = Buffer.from(encoded, 'base64');
  // Node ignores foreign characters, missing padding and non-zero trailing bits (RFC 4648 §3), and never writes them.
  if (encoded === '' || bytes.toString('base64') !== encoded) throw malformedBasic();
  const text = decodeUtf8(bytes, malformedBasic);
  const colon = text.indexOf(':');
  if (colon === -1) throw malformedBasic();
  const clientId = decodeFormComponent(text.slice(0, colon), malformedBasic);
  const clientSecret = decodeFormComponent(text.slice(colon + 1), malformedBasic);
  if (!visible.test(clientId) || !visible.test(clientSecret)) throw malformedBasic();
  return { clientId, clientSecret };
};

/**
 * Reads the client credentials of a request from the header or from the body, never from both (RFC 6749 §2.3). A
 * `client_secret` without a value counts as omitted, as every parameter (§3.2).
 *
 * @returns `undefined` if there are none, or only those of another scheme.
 * @throws OAuthError `invalid_request` if both methods are used, for two headers, or for malformed credentials.
 */
export const readClientCredentials = (
  rawHeaders: readonly string[],
  parameters: Parameters,
): ClientCredentials | undefined => {
  const authorization = singleHeader(rawHeaders, 'authorization');
  const basic = authorization === undefined ? undefined : readBasicCredentials(authorization);
  const bodyId = parameters.get('client_id');
  const bodySecret = parameters.get('client_secret');
  if (authorization !== undefined && bodySecret !== undefined) {
    throw badRequest('The client must authenticate in one way only: in the header or in the body.');
  }
  if (basic !== undefined) {
    if (bodyId !== undefined && bodyId !== basic.clientId) {
      throw badRequest('The client_id in the body is not the one that authenticates.');
    }
    return basic;
  }
  if (authorization !== undefined || bodyId === undefined) return undefined;
  if (!visible.test(bodyId) || !visible.test(bodySecret ?? ''))
    throw badRequest('The client credentials are malformed.');
  return { clientId: bodyId, clientSecret: bodySecret };
};

/** The content of an Authorization header, as parsed for a guard. */
export type BearerCredentials =
  { readonly kind: 'none' } | { readonly kind: 'malformed' } | { readonly kind: 'token'; readonly token: string };

const none: BearerCredentials = { kind: 'none' };
const malformed: BearerCredentials = { kind: 'malformed' };

// credentials = "Bearer" 1*SP b64token, RFC 6750 §2.1. The scheme is case-insensitive (RFC 9110 §11.1).
const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i;
const bearerScheme = /^bearer(?:[ \t,]|$)/i;

/** Reads Bearer credentials. Two Authorization headers are malformed, even if they are equal. */
export const readBearerCredentials = (rawHeaders: readonly string[]): BearerCredentials => {
  let authorization: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const field = rawHeaders[index];
    if (field === undefined || field.length !== 13 || field.toLowerCase() !== 'authorization') continue;
    if (authorization !== undefined) return malformed;
    authorization = rawHeaders[index + 1];
  }
  if (authorization === undefined) return none;
  const token = bearer.exec(authorization)?.[1];
  if (token !== undefined) return { kind: 'token', token };
  return bearerScheme.test(authorization) ? malformed : none;
};
