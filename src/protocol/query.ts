import { OAuthError } from './errors';
import { decodeFormComponent } from './parameters';

/** Parameters in the query of an authorization request (RFC 6749 §3.1). */
export interface Query {
  /** Those that were sent once, except `resource`. One with an empty value counts as omitted and is not included. */
  readonly values: ReadonlyMap<string, string>;
  /** Names that were sent more than once, except `resource`. */
  readonly repeated: ReadonlySet<string>;
  /** The values of `resource`, which may be repeated (RFC 8707 §2). */
  readonly resources: readonly string[];
}

const MAX_LENGTH = 8_000;
const MAX_PARAMETERS = 100;

const RESOURCE = 'resource';

type Pair = [name: string, value: string];

const malformed = (): OAuthError =>
  new OAuthError('invalid_request', 'The address of this request is too long or is not well-formed.', {
    problem: { name: 'malformed_address' },
  });

const decode = (text: string): string => decodeFormComponent(text, malformed);

const pairOf = (pair: string): readonly [name: string, value: string] => {
  const equals = pair.indexOf('=');
  return equals === -1 ? [decode(pair), ''] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
};

/**
 * Reads a query without its question mark.
 * @throws OAuthError `invalid_request` for malformed escapes, bytes that are not UTF-8, over 8,000 characters or over
 *   100 parameters
 */
export const readQuery = (text: string): Query => {
  if (text.length > MAX_LENGTH || !/^[\x21-\x7E]*$/.test(text)) throw malformed();
  const pairs = text
    .split('&')
    .filter((pair) => pair !== '')
    .map(pairOf);
  if (pairs.length > MAX_PARAMETERS) throw malformed();
  const seen = new Map<string, string>();
  const repeated = new Set<string>();
  for (const [name, value] of pairs) {
    if (name === RESOURCE) continue;
    if (seen.has(name)) repeated.add(name);
    seen.set(name, value);
  }
  return {
    values: new Map([...seen].filter(([name, value]) => value !== '' && !repeated.has(name))),
    repeated,
    resources: pairs.flatMap(([name, value]) => (name === RESOURCE && value !== '' ? [value] : [])),
  };
};

/** Formats parameters as a query. The values of `resource`, separated by spaces, become several. */
export const printQuery = (parameters: ReadonlyMap<string, string>): string =>
  new URLSearchParams(
    [...parameters].flatMap(([name, value]): Pair[] =>
      name === RESOURCE ? value.split(' ').map((one): Pair => [name, one]) : [[name, value]],
    ),
  ).toString();
