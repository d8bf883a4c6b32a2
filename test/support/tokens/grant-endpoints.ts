import type { Test } from 'supertest';
import type { ApplicationDeclaration } from 'scopegate';
import { APPLICATION, JOHN, type Pair, type TestGate, type TestScope, type TokenBody } from '../gate/gate';
import { expectCleanAnswer, type TestResponse } from '../expect/clean-answer';
import { rawRequest } from '../http/raw-http';
import { refusedRefresh } from './refreshing';
import { APPLICATION_HEADER, basicHeader, FORM_TYPE, tokenRequest, type TokenRequestParts } from './token-requests';
import { withApplications } from '../gate/applications';

/** Another application of John's organization. */
export const OTHER: Pair = ['other', 'other-secret'];
/** An application that may introspect the access tokens of John's organization. */
export const RESOURCE_SERVER: Pair = ['server', 'server-secret'];

const [consumerKey, consumerSecret] = RESOURCE_SERVER;

/** The declared application, another one, and a resource server. */
export const threeApplications: { readonly applications: readonly ApplicationDeclaration<TestScope>[] } = {
  applications: [
    ...withApplications(OTHER).applications,
    { name: 'Resource server', owner: JOHN[0], consumerKey, consumerSecret, introspect: true },
  ],
};

export interface Question {
  readonly hint?: string;
  /** `null` sends none. */
  readonly credentials?: Pair | null;
}

type Posting = Pick<TestGate, 'postTo'>;

const asking =
  (path: string) =>
  ({ postTo }: Posting, token: string, { hint, credentials }: Question = {}): Test =>
    postTo(path, { token, ...(hint === undefined ? {} : { token_type_hint: hint }) }, credentials);

export const revoke = asking('/revoke');
export const introspect = asking('/introspect');

/** The introspection response about an active token. */
export const introspected = async (
  gate: Posting,
  token: string,
  question?: Question,
): Promise<Readonly<Record<string, unknown>>> => {
  const json = expectCleanAnswer(await introspect(gate, token, question), { status: 200 });
  expect(json).toHaveProperty('active', true);
  return json;
};

/** The one answer of a revocation: nothing but 200. */
export const expectRevoked = (answer: TestResponse): void => {
  expectCleanAnswer(answer, { status: 200, from: 'resource' });
  expect(answer.text).toBe('');
  const { date: _date, connection: _connection, ...headers } = answer.headers;
  expect(headers).toEqual({
    'cache-control': 'no-store',
    'content-length': '0',
    pragma: 'no-cache',
    'x-content-type-options': 'nosniff',
  });
};

/** The one answer about a token that is not active: not a byte more. */
export const expectInactive = (answer: TestResponse): void => {
  expectCleanAnswer(answer, { status: 200 });
  expect(answer.text).toBe('{"active":false}');
};

/** Neither token of a pair is worth anything. */
export const expectDead = async (gate: TestGate, tokens: TokenBody, credentials?: Pair): Promise<void> => {
  await gate.get('/me', tokens.access_token).expect(401);
  await refusedRefresh(gate, tokens.refresh_token, credentials);
};

/** Both tokens of a pair of the declared application are live. Nothing is spent by this. */
export const expectAlive = async (gate: TestGate, tokens: TokenBody): Promise<void> => {
  await gate.get('/me', tokens.access_token).expect(200);
  await introspected(gate, tokens.refresh_token);
};

export type RefusedRequest = readonly [what: string, status: number, request: (token: string) => Buffer];

const [KEY, SECRET] = APPLICATION;

/** Requests about a live token, with the right secret, that must be refused all the same for how they are made. */
export const refusedRequests = (path: '/revoke' | '/introspect'): readonly RefusedRequest[] => {
  const to = (body: string, parts: TokenRequestParts = {}): Buffer => tokenRequest(body, { target: path, ...parts });
  const ofType = (type: string, body: string): Buffer =>
    to(body, { headers: [`Content-Type: ${type}`, APPLICATION_HEADER] });
  const byMethod = (method: string): RefusedRequest => [
    `${method}, with all in the URL as well`,
    405,
    (token) => to(`token=${token}`, { method, target: `${path}?token=${token}` }),
  ];
  return [
    ...['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'].map(byMethod),
    ['no body', 400, () => rawRequest([`POST ${path} HTTP/1.1`, 'Host: gateway', APPLICATION_HEADER])],
    ['no token', 400, () => to('token_type_hint=access_token')],
    ['a token of another name', 400, (token) => to(`Token=${token}&access_token=${token}`)],
    ['an empty token', 400, () => to('token=&token_type_hint=access_token')],
    ['the token twice', 400, (token) => to(`token=${token}&token=${token}`)],
    ['the token and another', 400, (token) => to(`token=${token}&token=x`)],
    ['the token and an empty one', 400, (token) => to(`token=${token}&token=`)],
    ['the token twice, its name escaped', 400, (token) => to(`token=${token}&%74oken=${token}`)],
    ['a list of tokens', 400, (token) => to(`token[]=${token}`)],
    ['a token with members', 400, (token) => to(`token=${token}&token[x]=y`)],
    ['the hint twice', 400, (token) => to(`token=${token}&token_type_hint=access_token&token_type_hint=x`)],
    ['the token in the URL', 400, (token) => to('', { target: `${path}?token=${token}` })],
    [
      'the token in the URL and in the body',
      400,
      (token) => to(`token=${token}`, { target: `${path}?token=${token}` }),
    ],
    ['the hint in the URL', 400, (token) => to(`token=${token}`, { target: `${path}?token_type_hint=access_token` })],
    [
      'the credentials in the URL',
      400,
      (token) =>
        to(`token=${token}`, { target: `${path}?client_id=${KEY}&client_secret=${SECRET}`, headers: [FORM_TYPE] }),
    ],
    [
      'the credentials in header and body',
      400,
      (token) => to(`token=${token}&client_id=${KEY}&client_secret=${SECRET}`),
    ],
    [
      'two Authorization headers',
      400,
      (token) => to(`token=${token}`, { headers: [FORM_TYPE, APPLICATION_HEADER, APPLICATION_HEADER] }),
    ],
    ['another client in the body', 400, (token) => to(`token=${token}&client_id=${OTHER[0]}`)],
    [
      'credentials that are no pair',
      400,
      (token) => to(`token=${token}`, { headers: [FORM_TYPE, basicHeader(`${KEY}${SECRET}`)] }),
    ],
    ['a bad escape', 400, (token) => to(`token=${token}&x=%zz`)],
    ['bytes that are not UTF-8', 400, (token) => to(`token=${token}&x=%FF`)],
    ['JSON', 415, (token) => ofType('application/json', JSON.stringify({ token }))],
    ['plain text', 415, (token) => ofType('text/plain', `token=${token}`)],
    ['another charset', 415, (token) => ofType('application/x-www-form-urlencoded; charset=latin1', `token=${token}`)],
    [
      'a compressed body',
      415,
      (token) => to(`token=${token}`, { headers: [FORM_TYPE, APPLICATION_HEADER, 'Content-Encoding: gzip'] }),
    ],
    ['too large a body', 413, (token) => to(`token=${token}&x=${'x'.repeat(40_000)}`)],
  ];
};
