import { valuesOf, type RawResponse } from '../http/raw-http';

/** A response of supertest. */
export interface TestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly text: string;
}

export interface CleanAnswer {
  /** The status, or those that may be. */
  readonly status: number | readonly number[];
  /**
   * Its source. `endpoint`: JSON, no-store, nosniff, no X-Powered-By. `guard`, `gateway`: a refusal, JSON.
   * `resource`: a body of any kind that reveals nothing internal.
   * @default 'endpoint'
   */
  readonly from?: 'endpoint' | 'guard' | 'gateway' | 'resource';
  /** The OAuth code that the body must carry. */
  readonly error?: string;
  /** Words that must not be in the answer, besides those that never may: secrets, names, values that were sent. */
  readonly without?: readonly string[];
  /** Internal words that this one answer may have: readiness names its store. */
  readonly allow?: readonly string[];
}

/** Words that would reveal internals in a response. Compared case-insensitively. */
const INTERNAL_WORDS = [
  'redis',
  'econn',
  'etimedout',
  'epipe',
  'at /',
  'at object.',
  'node_modules',
  'node:internal',
  '.ts:',
  '.js:',
  'typeerror',
  'referenceerror',
  'undefined',
  '[object ',
  'oauth2orize',
  'passport',
  'argon2',
  'evalsha',
  'err_scopegate',
  'sg:',
];

/** Random texts of ours could spell any word. */
const OUR_TOKENS = /sg[a-z]_[A-Za-z0-9_-]+/g;

// RFC 6749 §5.2
const DESCRIPTION = /^[\x20\x21\x23-\x5B\x5D-\x7E]+$/;
const ERROR_CODE = /^[a-z_]+$/;

type Answer = Pick<RawResponse, 'status' | 'headers' | 'body'>;

const pairsOf = (headers: TestResponse['headers']): RawResponse['headers'] =>
  Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : value.map((one) => [name, one] as const),
  );

const answerOf = (response: Answer | TestResponse): Answer =>
  'text' in response ? { status: response.status, headers: pairsOf(response.headers), body: response.text } : response;

/** Whatever was sent, no name may have reached the prototype of all objects. */
const expectCleanPrototypes = (): void => {
  const bare: Readonly<Record<string, unknown>> = {};
  const inherited: string[] = [];
  for (const name in bare) inherited.push(name);
  expect(inherited).toEqual([]);
  for (const name of ['admin', 'client', 'isAdmin', 'user', 'x']) expect(bare[name]).toBeUndefined();
};

const expectNothingInternal = ({ headers, body }: Answer, { without = [], allow = [] }: CleanAnswer): void => {
  const all = [...headers.map(([name, value]) => `${name}: ${value}`), body].join('\n');
  const searched = all.replace(OUR_TOKENS, '').toLowerCase();
  const internal = INTERNAL_WORDS.filter((word) => searched.includes(word) && !allow.includes(word));
  expect({ internal, in: internal.length === 0 ? '' : all }).toEqual({ internal: [], in: '' });
  for (const word of without) expect(all).not.toContain(word);
};

const readJson = (answer: Answer): Readonly<Record<string, unknown>> => {
  expect(valuesOf(answer, 'content-type')).toEqual([expect.stringMatching(/^application\/json(?:; charset=utf-8)?$/i)]);
  const json: unknown = JSON.parse(answer.body);
  expect(json).toEqual(expect.any(Object));
  return json as Readonly<Record<string, unknown>>;
};

const expectErrorMembers = (json: Readonly<Record<string, unknown>>, { error }: CleanAnswer): void => {
  if (error !== undefined) expect(json).toHaveProperty('error', error);
  if ('error' in json) expect(json['error']).toEqual(expect.stringMatching(ERROR_CODE));
  if ('error_description' in json) expect(json['error_description']).toEqual(expect.stringMatching(DESCRIPTION));
  expect(Object.values(json)).not.toContain(null);
};

/**
 * Checks what holds for every answer: an allowed status, JSON where it is required, nothing that may be stored, nothing
 * internal. Returns the JSON body, or an empty object if the body is a resource's.
 */
export const expectCleanAnswer = (
  response: Answer | TestResponse,
  expected: CleanAnswer,
): Readonly<Record<string, unknown>> => {
  const answer = answerOf(response);
  const { status, from = 'endpoint' } = expected;
  expect([status].flat()).toContain(answer.status);
  expectCleanPrototypes();
  expectNothingInternal(answer, expected);
  if (from === 'resource') return {};

  const json = readJson(answer);
  expectErrorMembers(json, expected);
  if (from !== 'gateway') expect(valuesOf(answer, 'cache-control')).toEqual(['no-store']);
  if (from === 'endpoint') {
    expect(valuesOf(answer, 'pragma')).toEqual(['no-cache']);
    expect(valuesOf(answer, 'x-content-type-options')).toEqual(['nosniff']);
    expect(valuesOf(answer, 'x-powered-by')).toEqual([]);
  }
  if (answer.status === 401) expect(valuesOf(answer, 'www-authenticate')).toHaveLength(1);
  if (answer.status === 503) expect(valuesOf(answer, 'retry-after')).toHaveLength(1);
  if (answer.status === 405) expect(valuesOf(answer, 'allow')).toHaveLength(1);
  return json;
};
