import { OAuthError } from './errors';
import { GRANT_PARAMETERS } from './grant-types';

/**
 * Parameters of a request by name. One with an empty value counts as omitted (RFC 6749 §3.2) and is not included. The
 * values of `resource`, which may be repeated, are separated by spaces, which no URI contains.
 */
export type Parameters = ReadonlyMap<string, string>;

const MAX_PARAMETERS = 100;

// RFC 8707 §2: the only parameter that may be repeated.
const REPEATABLE: ReadonlySet<string> = new Set(['resource']);

/** Parameters that must never be sent in a URL, which logs and histories store (RFC 6749 §2.3.1, §3.2). */
const bodyOnly: ReadonlySet<string> = new Set([
  'grant_type',
  ...GRANT_PARAMETERS,
  ...['client_id', 'client_secret'],
  ...['token', 'token_type_hint'], // revocation and introspection
  ...['code', 'code_verifier', 'redirect_uri'], // a grant type that is not offered, whose clients may still send them
  'access_token',
]);

/** Checks for names such as `scope[]`: different names to a form parser, but the client means a list or an object. */
const hasBrackets = (name: string): boolean => {
  const bracket = name.indexOf('[');
  return bracket !== -1 && bodyOnly.has(name.slice(0, bracket));
};

const malformed = (): OAuthError =>
  new OAuthError('invalid_request', 'The request body is not a well-formed UTF-8 form.');

const repeated = (): OAuthError => new OAuthError('invalid_request', 'A parameter was sent more than once.');

const notText = (): OAuthError =>
  new OAuthError('invalid_request', 'A parameter must be a single text, not a list or an object.');

/**
 * Decodes one form component (RFC 6749 appendix B). Strict: `decodeURIComponent` throws on a malformed escape and on
 * bytes that are not UTF-8, while other decoders insert a replacement character or keep the raw text.
 */
export const decodeFormComponent = (text: string, refusal: () => OAuthError = malformed): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw refusal();
  }
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const decodeUtf8 = (bytes: Uint8Array, refusal: () => OAuthError = malformed): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw refusal();
  }
};

/** Collects parameters by the rules for every source: no repeats, a bounded number, empty values count as omitted. */
export const collectParameters = (pairs: Iterable<readonly [string, string]>): Parameters => {
  const seen = new Set<string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (seen.has(name) && !REPEATABLE.has(name)) throw repeated();
    if (hasBrackets(name)) throw notText();
    seen.add(name);
    if (seen.size > MAX_PARAMETERS) throw new OAuthError('invalid_request', 'The request has too many parameters.');
    if (value === '') continue;
    const earlier = parameters.get(name);
    parameters.set(name, earlier === undefined ? value : `${earlier} ${value}`);
  }
  return parameters;
};

function* pairsOf(text: string): Generator<readonly [string, string]> {
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals === -1 ? pair : pair.slice(0, equals);
    const value = equals === -1 ? '' : pair.slice(equals + 1);
    yield [decodeFormComponent(name), decodeFormComponent(value)];
  }
}

/**
 * Reads an `application/x-www-form-urlencoded` body (RFC 6749 §3.2, appendix B). Brackets are part of a name like any
 * other character, and the result is a Map, so no name can pollute a prototype.
 *
 * @throws OAuthError `invalid_request` for repeated names, malformed escapes, bytes that are not UTF-8, too many names.
 */
export const readForm = (body: Uint8Array): Parameters => collectParameters(pairsOf(decodeUtf8(body)));

/**
 * Reads a form that the host's own body parser has already parsed. Only strings are accepted, and lists of them for
 * `resource`: any other list or object means that a name was repeated or had brackets.
 */
export const readParsedForm = (body: object): Parameters => {
  const pairs = Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    if (Array.isArray(value) && !REPEATABLE.has(name)) throw repeated();
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((text): readonly [string, string] => {
      if (typeof text !== 'string') throw notText();
      return [name, text];
    });
  });
  return collectParameters(pairs);
};

// The only media type parameter allowed is a charset of UTF-8, also spelled utf8: with another charset, the same bytes
// would be another text (RFC 6749 appendix B).
const formMediaType = /^application\/x-www-form-urlencoded *(?:; *charset=(?:utf-?8|"utf-?8") *)?;? *$/i;

// Longer than any that a client sends, and short enough to bound the cost of the pattern above.
const MAX_MEDIA_TYPE_LENGTH = 100;

export const isFormMediaType = (contentType: string): boolean =>
  contentType.length <= MAX_MEDIA_TYPE_LENGTH && formMediaType.test(contentType);

/** Returns the values of `resource`, the parameter that may be repeated; none if it is absent. */
export const resourcesIn = (parameters: Parameters): readonly string[] => parameters.get('resource')?.split(' ') ?? [];

/** Returns the value of a parameter. @throws OAuthError `invalid_request` if it is absent or empty. */
export const requireParameter = (parameters: Parameters, name: string): string => {
  const value = parameters.get(name);
  if (value === undefined) throw new OAuthError('invalid_request', `The parameter ${name} is missing.`);
  return value;
};

const decodedOrRaw = (name: string): string => {
  try {
    return decodeFormComponent(name);
  } catch {
    return name;
  }
};

/** Returns the parts of the query of a request target, each a name with or without a value. */
const queryParts = (target: string): readonly string[] => {
  const start = target.indexOf('?');
  return start === -1 ? [] : target.slice(start + 1).split('&');
};

const nameIn = (part: string): string => decodedOrRaw(part.split('=', 1)[0] ?? '');

const valueIn = (part: string): string => {
  const equals = part.indexOf('=');
  return equals === -1 ? '' : decodedOrRaw(part.slice(equals + 1));
};

/** Returns the decoded parameter names in the query of a request target; as sent, if an escape in it is malformed. */
export const queryNames = (target: string): readonly string[] => queryParts(target).map(nameIn);

/** Returns the decoded values of a parameter in the query of a request target; as sent, if an escape is malformed. */
export const queryValues = (target: string, name: string): readonly string[] =>
  queryParts(target)
    .filter((part) => nameIn(part) === name)
    .map(valueIn);

/** @throws OAuthError `invalid_request` if the URL contains an OAuth parameter or a credential. */
export const refuseQueryParameters = (target: string): void => {
  if (queryNames(target).some((name) => bodyOnly.has(name))) {
    throw new OAuthError('invalid_request', 'Send parameters in the request body, not in the URL.');
  }
};
