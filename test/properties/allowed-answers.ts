import { JANE, JOHN } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { valuesOf } from '../support/http/raw-http';
import type { WireAnswer, WireRequest } from './kept-connection';

/** Statuses and the OAuth codes that are allowed with each. */
type Allowed = Readonly<Record<number, readonly string[]>>;

const OF_FORMS: Allowed = {
  401: ['invalid_client'],
  405: ['invalid_request'],
  408: ['invalid_request'],
  413: ['invalid_request'],
  415: ['invalid_request'],
  429: ['invalid_request'],
  503: ['temporarily_unavailable'],
};

const ALLOWED = {
  token: {
    ...OF_FORMS,
    400: [
      ...['invalid_request', 'invalid_grant', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope'],
      'invalid_target',
    ],
  },
  revoke: { ...OF_FORMS, 400: ['invalid_request', 'unauthorized_client'] },
  introspect: { ...OF_FORMS, 400: ['invalid_request'] },
  guard: {
    400: ['invalid_request'],
    401: ['invalid_token'],
    403: ['insufficient_scope'],
    404: ['not_found'],
    405: ['method_not_allowed'],
    503: ['temporarily_unavailable'],
  },
} as const satisfies Record<string, Allowed>;

export type Place = keyof typeof ALLOWED;

type Json = Readonly<Record<string, unknown>>;

const expectTokens = (json: Json): void => {
  expect(json).toMatchObject({
    access_token: expect.stringMatching(/^sga_[A-Za-z0-9_-]{65}$/),
    token_type: 'Bearer',
    scope: expect.stringMatching(/^[a-z]+(?: [a-z]+)*$/),
  });
  expect(Number.isInteger(json['expires_in']) && Number(json['expires_in']) > 0).toBe(true);
  const known = new Set(['access_token', 'token_type', 'expires_in', 'refresh_token', 'scope']);
  expect(Object.keys(json).filter((name) => !known.has(name))).toEqual([]);
};

const expectIntrospection = (json: Json): void => {
  if (json['active'] === true) {
    expect(json).toMatchObject({ scope: expect.any(String), client_id: 'key', iss: 'http://127.0.0.1' });
  } else expect(json).toEqual({ active: false });
};

const expectSuccess: Record<Exclude<Place, 'guard'>, (json: Json) => void> = {
  token: expectTokens,
  revoke: (json) => expect(json).toEqual({}),
  introspect: expectIntrospection,
};

const expectNotStored = (answer: WireAnswer): void => {
  expect(valuesOf(answer, 'cache-control')).toEqual(['no-store']);
  expect(valuesOf(answer, 'x-content-type-options')).toEqual(['nosniff']);
};

/** Node refused a request that is not HTTP, before any handler of ours received it. */
const expectRefusedByHttp = ({ status, headers, body }: WireAnswer): void => {
  expect([400, 431]).toContain(status);
  expect({ headers, body }).toEqual({ headers: [['Connection', 'close']], body: '' });
};

/** True if the host after the gate answered, or Express itself when it cannot parse a target. */
export const isHostsAnswer = (answer: WireAnswer): boolean =>
  answer.isOfHttp || answer.status === 418 || valuesOf(answer, 'content-type').includes('text/html; charset=utf-8');

/** A response of the host after the gate: it reveals nothing, and contains no token. */
export const expectHostsAnswer = (answer: WireAnswer): void => {
  if (answer.isOfHttp) return expectRefusedByHttp(answer);
  expectCleanAnswer(answer, { status: [404, 418], from: 'resource', without: ['sga_', 'sgr_'] });
};

/**
 * Checks the answer to any request to a path of the gate: status and code are allowed, the body is JSON where due,
 * nothing may be stored, nothing internal is revealed, and no prototype has changed.
 */
export const expectAllowedAnswer = (
  place: Place,
  { method }: Pick<WireRequest, 'method'>,
  answer: WireAnswer,
): void => {
  if (answer.isOfHttp) return expectRefusedByHttp(answer);
  const allowed: Allowed = ALLOWED[place];
  // No response repeats the request.
  const without = [JOHN[1], JANE[1]];
  const statuses = [...(place === 'guard' ? [] : [200]), ...Object.keys(allowed).map(Number)];
  if (method === 'HEAD' || (place === 'revoke' && answer.status === 200)) {
    expectCleanAnswer(answer, { status: statuses, from: 'resource', without });
    expect(answer.body).toBe('');
    expectNotStored(answer);
    return;
  }
  const json = expectCleanAnswer(answer, { status: statuses, from: place === 'guard' ? 'guard' : 'endpoint', without });
  expectNotStored(answer);
  if (answer.status === 200 && place !== 'guard') return expectSuccess[place](json);
  const { error } = json;
  // A guard names no error where no token was sent (RFC 6750 §3.1).
  if (error !== undefined || place !== 'guard' || answer.status !== 401)
    expect(allowed[answer.status]).toContain(error);
};
