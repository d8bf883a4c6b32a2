import type { IncomingHttpHeaders, OutgoingHttpHeader } from 'node:http';
import type { Seconds } from './time';

/** The scripts in browsers that may read responses (Fetch standard, CORS protocol). */
export interface CorsPolicy {
  /** Serialized origins, such as `https://app.example`. */
  readonly origins: ReadonlySet<string> | 'any';
  /** True if requests may carry cookies and client certificates. Never with `any`. */
  readonly credentials: boolean;
  /** How long a browser may cache the response to a preflight request. */
  readonly maxAge: Seconds;
}

/** The policy of public documents. */
export const anyOrigin = ({ maxAge }: Pick<CorsPolicy, 'maxAge'>): CorsPolicy => ({
  origins: 'any',
  credentials: false,
  maxAge,
});

export type Headers = readonly (readonly [name: string, value: string])[];

export const ALLOW_ORIGIN = 'Access-Control-Allow-Origin';

/** Response headers that scripts may read, besides those that the Fetch standard always exposes. */
const EXPOSED = 'WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy, Deprecation, Sunset, X-Request-Id';

/** Request headers that are allowed if a preflight request names none, or none that could be allowed. */
const USUAL_HEADERS = 'Authorization, Content-Type';

const PREFLIGHT_VARY = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'];

/** Methods that are allowed if it is not known which ones a path accepts. */
export const USUAL_METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

const MAX_REQUESTED_HEADERS_LENGTH = 1_000;

// Names of header fields (RFC 9110 §5.1), separated by commas.
const FIELD_NAMES = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:[ \t]*,[ \t]*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*$/;

/** Checks whether a text is the serialized origin of a web page (RFC 6454 §6.2), as browsers send it. */
export const isWebOrigin = (text: string): boolean =>
  /^https?:\/\/[^*]*$/.test(text) && URL.canParse(text) && new URL(text).origin === text;

/** Checks whether a request is a preflight request: it asks whether another request is allowed. */
export const isPreflight = (method: string | undefined, headers: IncomingHttpHeaders): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** Returns the headers that let a script of an origin read a response; `undefined` if it may not. */
export const originHeaders = (policy: CorsPolicy, origin: string | undefined): Headers | undefined => {
  if (policy.origins === 'any') return [[ALLOW_ORIGIN, '*']];
  if (origin === undefined || !policy.origins.has(origin)) return undefined;
  const allowed = [ALLOW_ORIGIN, origin] as const;
  return policy.credentials ? [allowed, ['Access-Control-Allow-Credentials', 'true']] : [allowed];
};

/** The header that lets a script read other headers of a response. */
export const exposedHeaders: Headers = [['Access-Control-Expose-Headers', EXPOSED]];

const allowedHeaders = (requested: string | undefined): string =>
  requested !== undefined && requested.length <= MAX_REQUESTED_HEADERS_LENGTH && FIELD_NAMES.test(requested)
    ? requested
    : USUAL_HEADERS;

/** Returns the headers of the response to a preflight request, besides those of its origin. */
export const preflightHeaders = (
  { maxAge }: CorsPolicy,
  { 'access-control-request-headers': requested }: IncomingHttpHeaders,
  methods: readonly string[],
): Headers => [
  ['Access-Control-Allow-Methods', methods.join(', ')],
  ['Access-Control-Allow-Headers', allowedHeaders(requested)],
  ['Access-Control-Max-Age', String(maxAge)],
];

/** Returns the request headers on which a response depends. */
export const varyingHeaders = (policy: CorsPolicy, kind: 'preflight' | 'response'): readonly string[] => {
  if (kind === 'preflight') return PREFLIGHT_VARY;
  return policy.origins === 'any' ? [] : ['Origin'];
};

/** Adds names to the value of a `Vary` header. */
export const addVary = (present: OutgoingHttpHeader | undefined, names: readonly string[]): string => {
  if (present === undefined) return names.join(', ');
  const known = [present].flat().flatMap((value) =>
    String(value)
      .split(',')
      .map((name) => name.trim()),
  );
  const lower = new Set(known.map((name) => name.toLowerCase()));
  if (lower.has('*')) return '*';
  return [...known.filter((name) => name !== ''), ...names.filter((name) => !lower.has(name.toLowerCase()))].join(', ');
};
