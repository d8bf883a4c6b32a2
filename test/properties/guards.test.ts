import fc from 'fast-check';
import type { TokenBody } from '../support/gate/gate';
import { challengeOf } from '../support/http/challenge';
import { casesOf, forAllCases, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';
import { valuesOf } from '../support/http/raw-http';
import { expectAllowedAnswer, expectHostsAnswer, isHostsAnswer } from './allowed-answers';
import { anAttackedGate, type AttackedGate, type Reached } from './attacked-gate';
import { authorization, authorizationLines, anyTarget, query } from './hostile-requests';
import type { WireAnswer, WireRequest } from './kept-connection';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

type TokenName = 'read' | 'update' | 'both' | 'none' | 'ended' | 'refresh';

let gate: AttackedGate;
let tokens: Readonly<Record<TokenName, string>>;

const signIn = async (scope: string): Promise<TokenBody> => gate.signIn(undefined, scope);

beforeAll(async () => {
  gate = await anAttackedGate({ throttle: false });
  const [read, update, both, none, ended] = await Promise.all(
    ['read', 'update', 'read update', 'default', 'read update'].map(signIn),
  );
  if (ended !== undefined) await gate.gate.tokens.revoke({ token: ended.access_token });
  tokens = {
    read: read?.access_token ?? '',
    update: update?.access_token ?? '',
    both: both?.access_token ?? '',
    none: none?.access_token ?? '',
    ended: ended?.access_token ?? '',
    refresh: both?.refresh_token ?? '',
  };
});

const TOKEN_NAMES = ['read', 'update', 'both', 'none', 'ended', 'refresh'] as const satisfies readonly TokenName[];

const SCOPES: Readonly<Record<TokenName, readonly string[] | undefined>> = {
  read: ['read'],
  update: ['update'],
  both: ['read', 'update'],
  none: [],
  ended: undefined,
  refresh: undefined,
};

/** The requirement of each route of the gate. */
const ROUTES: readonly (readonly [method: string, target: string, isMet: (scopes: readonly string[]) => boolean])[] = [
  ['GET', '/orders', (scopes) => scopes.includes('read')],
  ['HEAD', '/orders', (scopes) => scopes.includes('read')],
  ['PUT', '/orders/1', (scopes) => scopes.includes('update')],
  ['GET', '/admin', (scopes) => scopes.includes('admin')],
  ['GET', '/both', (scopes) => scopes.includes('read') && scopes.includes('update')],
  ['GET', '/either', (scopes) => scopes.includes('read') || scopes.includes('update')],
  ['GET', '/me', () => true],
  ['GET', '/map/x', (scopes) => scopes.includes('read')],
  ['PUT', '/map', (scopes) => scopes.includes('update')],
  ['GET', '/api', (scopes) => scopes.includes('read')],
  ['PATCH', '/api/1', (scopes) => scopes.includes('update')],
  ['DELETE', '/api/1/lines/2', () => true],
];

const named = (text: string): string =>
  TOKEN_NAMES.reduce(
    (before, name) => before.replaceAll(`{${name}}`, tokens[name]),
    text.replaceAll('{access}', '{both}'),
  );

const withTokens = ({ headers, target, ...rest }: WireRequest): WireRequest => ({
  ...rest,
  target: named(target),
  headers: headers.map(named),
});

const isServed = (answer: WireAnswer): boolean => valuesOf(answer, 'x-reached').length > 0;

/** A Bearer header with a token that may be live, or with something done to it. */
const bearerLine = fc
  .record({
    field: fc.constantFrom('Authorization', 'Authorization', 'AUTHORIZATION', 'authorization'),
    scheme: fc.constantFrom(
      'Bearer ',
      'Bearer ',
      'bearer ',
      'BEARER   ',
      'Bearer',
      'Bearer\t',
      'Bearer, ',
      'Token ',
      'Basic ',
    ),
    token: fc.constantFrom(...TOKEN_NAMES),
    front: fc.constantFrom('', '', '', '', '', ' ', '=', '"', '\xff', 'sga_'),
    behind: fc.constantFrom('', '', '', '', '', ' ', '=', ',', '"', '\xa0', ' x', ', Bearer y', 'A', '\x80'),
  })
  .map(({ field, scheme, token, front, behind }) => `${field}: ${scheme}${front}{${token}}${behind}`);

const lines = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(bearerLine) },
  { weight: 3, arbitrary: authorizationLines },
  { weight: 2, arbitrary: authorization.map((text) => [`Authorization: ${text}`]) },
  { weight: 1, arbitrary: fc.array(bearerLine, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant<string[]>(['X-Authorization: Bearer {both}', 'Cookie: access_token={both}']) },
);

/** The credentials of a request as RFC 6750 §2.1 reads them, and nothing else does. */
const credentialsOf = (headers: readonly string[]): readonly string[] =>
  headers
    .filter((line) => /^authorization:/i.test(line))
    .map((line) => line.slice('authorization:'.length).replace(/^[ \t]+|[ \t]+$/g, ''));

/** The scopes that a request brings by one token that is live, if it brings it rightly. */
const scopesBrought = ({ headers, target }: WireRequest): readonly string[] | undefined => {
  const [credentials = '', ...more] = credentialsOf(headers);
  if (more.length > 0 || /[?&]access(?:_|%5f)token(?:[=&]|$)/i.test(target)) return undefined;
  const [, token] = /^bearer +([^ ]+)$/i.exec(credentials) ?? [];
  const name = TOKEN_NAMES.find((candidate) => tokens[candidate] === token);
  return name === undefined ? undefined : SCOPES[name];
};

test(`S-359 any credentials at a guard get an allowed answer, and only right ones pass (${casesOf('guardHeaders')} cases)`, async () => {
  const cases = fc.record({ route: fc.constantFrom(...ROUTES), behind: query, headers: lines });
  await forAllCases('guardHeaders', cases, async ({ route: [method, path, isMet], behind, headers }) => {
    const request = withTokens({ method, target: path + behind, headers, body: '' });
    const answer = await gate.ask(request);
    const scopes = scopesBrought(request);
    // A declared API takes canonical targets alone.
    const isRight = scopes !== undefined && isMet(scopes) && (!path.startsWith('/api') || /^[!"$-~]*$/.test(behind));
    if (answer.isOfHttp) return expectHostsAnswer(answer);
    expect(isServed(answer)).toBe(isRight);
    if (isRight) return expect(answer.status).toBe(200);
    expectAllowedAnswer('guard', request, answer);
    if (answer.status === 403) expect(scopes).toBeDefined();
    const isBearer = credentialsOf(request.headers).some((text) => /^bearer(?:[ \t,]|$)/i.test(text));
    if (answer.status === 401) expect('error' in challengeOf(answer).parameters).toBe(isBearer);
  });
  await gate.expectAlive();
});

/** True if a handler may have been reached: the token meets its rule, or it is the public one. */
const mayReach = ({ at, path, scopes }: Reached, name: TokenName | undefined): boolean => {
  if (at === 'api' && /^\/health(?:\?|$)/.test(path)) return true;
  const brought = name === undefined ? undefined : SCOPES[name];
  return brought !== undefined && scopes?.join() === brought.join();
};

test(`S-359 any target is served to the right token only, and gate.explain agrees (${casesOf('guardTargets')} cases)`, async () => {
  const cases = fc.record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'POST', 'OPTIONS', 'PROPFIND'),
    target: anyTarget,
    name: fc.option(fc.constantFrom(...TOKEN_NAMES), { nil: undefined }),
  });
  await forAllCases('guardTargets', cases, async ({ method, target, name }) => {
    const headers = name === undefined ? [] : [`Authorization: Bearer {${name}}`];
    const request = withTokens({ method, target, headers, body: '' });
    const answer = await gate.ask(request);
    const served = gate.reached(answer);
    if (served !== undefined) expect([served, mayReach(served, name)]).toEqual([served, true]);
    else if (isHostsAnswer(answer)) expectHostsAnswer(answer);
    else if (request.target.split('?')[0] === '/token') expectAllowedAnswer('token', request, answer);
    else if (!isServed(answer)) expectAllowedAnswer('guard', request, answer);

    // Only requests with a token can be explained.
    if (name === undefined || answer.isOfHttp || !/^\/api(?:[/?]|$)/.test(request.target)) return;
    const { status } = await gate.gate.explain(tokens[name], { method, path: request.target });
    expect([answer.status, isServed(answer)]).toEqual([status, status === 200]);
  });
  await gate.expectAlive();
});
