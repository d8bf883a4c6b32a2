import fc from 'fast-check';
import { APPLICATION, type TokenBody } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { casesOf, forAllCases, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';
import { basicHeader } from '../support/tokens/token-requests';
import { anAttackedGate, type AttackedGate } from './attacked-gate';
import type { WireAnswer } from './kept-connection';
import {
  otherSpelling,
  rightRequest,
  secretInBody,
  written,
  type Change,
  type Draft,
  type RightKind,
  RIGHT_KINDS,
} from './right-requests';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

let gate: AttackedGate;
beforeAll(async () => {
  gate = await anAttackedGate({ throttle: false });
});

const opens = async (accessToken: string): Promise<boolean> => (await gate.get('/orders', accessToken)).status === 200;

const isActive = async (token: string): Promise<boolean> =>
  (await gate.post('/introspect', { token })).body.startsWith('{"active":true,');

const expectOpening = async ({ body }: WireAnswer): Promise<void> => {
  const tokens = JSON.parse(body) as TokenBody;
  expect(tokens.scope).toBe('read');
  expect(await opens(tokens.access_token)).toBe(true);
};

const expectRevoked = async (_answer: WireAnswer, { access_token: access, refresh_token: refresh }: TokenBody) => {
  expect([await opens(access), await isActive(refresh)]).toEqual([false, false]);
};

const expectActive = async (answer: WireAnswer): Promise<void> => {
  expect(JSON.parse(answer.body)).toMatchObject({ active: true, scope: 'read update', client_id: APPLICATION[0] });
};

/** The effect of a right request. */
const expectDone: Record<RightKind, (answer: WireAnswer, tokens: TokenBody) => Promise<void>> = {
  password: expectOpening,
  clientCredentials: expectOpening,
  refresh: async (answer, { refresh_token: spent }) => {
    await expectOpening(answer);
    expect(await isActive(spent)).toBe(false);
    expect(await isActive((JSON.parse(answer.body) as TokenBody).refresh_token)).toBe(true);
  },
  revokeAccess: expectRevoked,
  revokeRefresh: expectRevoked,
  introspectAccess: expectActive,
  introspectRefresh: expectActive,
};

const changed = (draft: Draft, changes: readonly Change[]): Draft =>
  changes.reduce((before, { to }) => to(before), draft);

const kinds = fc.constantFrom(...RIGHT_KINDS);

test(`S-359 a right request has the same effect in any spelling (${casesOf('rightRequestsSpeltOtherwise')} cases)`, async () => {
  const cases = fc.record({
    kind: kinds,
    spelling: fc.array(fc.oneof({ weight: 6, arbitrary: otherSpelling }, fc.constant(secretInBody)), { maxLength: 4 }),
  });
  await forAllCases('rightRequestsSpeltOtherwise', cases, async ({ kind, spelling }) => {
    const tokens = await gate.newTokens();
    const answer = await gate.ask(written(changed(rightRequest(kind, tokens), spelling)));
    expect([answer.status, answer.isOfHttp]).toEqual([200, false]);
    await expectDone[kind](answer, tokens);
  });
  await gate.expectAlive();
});

interface Outcome {
  readonly status: number;
  /** `undefined`: it is a success, that has done nothing. */
  readonly error?: string;
}

/** A change after which a request is wrong, and how it is answered then. */
interface Spoiling extends Change {
  readonly outcome: Outcome;
}

const INVALID: Outcome = { status: 400, error: 'invalid_request' };
const NO_CLIENT: Outcome = { status: 401, error: 'invalid_client' };
const WRONG_TYPE: Outcome = { status: 415, error: 'invalid_request' };

const spoiling = (what: string, outcome: Outcome, to: Change['to']): Spoiling => ({ what, outcome, to });

const insert = (text: string, at: number, piece: string): string => {
  const index = at % (text.length + 1);
  return text.slice(0, index) + piece + text.slice(index);
};

/** Another character in the place of one. */
const replaceAt = (text: string, at: number, other: string): string => {
  const index = at % text.length;
  const instead = other === 'x' ? 'y' : 'x';
  return text.slice(0, index) + (text[index] === other ? instead : other) + text.slice(index + 1);
};

const changePair = (draft: Draft, at: number, to: (pair: string) => string): Draft => {
  const index = at % draft.pairs.length;
  return { ...draft, pairs: draft.pairs.map((pair, place) => (place === index ? to(pair) : pair)) };
};

const add =
  (...pairs: readonly string[]): Change['to'] =>
  (draft) => ({ ...draft, pairs: [...draft.pairs, ...pairs] });

const position = fc.nat({ max: 200 });
const KNOWN = ['grant_type', 'username', 'password', 'scope', 'refresh_token', 'client_id', 'client_secret', 'token'];
const known = fc.constantFrom(...KNOWN);
const letter = fc.constantFrom(...'abxyzABXYZ0189');

/** A change of a value after which it is another one, by the parameter's name. */
const valueOf = (name: string, outcome: Outcome): fc.Arbitrary<Spoiling> =>
  fc.tuple(position, letter).map(([at, other]) =>
    spoiling(`${name}: another character at ${at}`, outcome, (draft) => ({
      ...draft,
      pairs: draft.pairs.map((pair) =>
        pair.startsWith(`${name}=`) ? `${name}=${replaceAt(pair.slice(name.length + 1), at, other)}` : pair,
      ),
    })),
  );

const dropped = (name: string): fc.Arbitrary<Spoiling> =>
  fc.constant(
    spoiling(`without ${name}`, INVALID, (draft) => ({
      ...draft,
      pairs: draft.pairs.filter((pair) => !pair.startsWith(`${name}=`)),
    })),
  );

/** Faults for every request to an endpoint that accepts a form. */
const spoilings: readonly fc.Arbitrary<Spoiling>[] = [
  fc.tuple(position, fc.constantFrom('', 'x', 'same')).map(([at, value]) =>
    spoiling(`pair ${at} again: ${value}`, INVALID, (draft) => {
      const pair = draft.pairs[at % draft.pairs.length] ?? '';
      return add(value === 'same' ? pair : `${pair.split('=')[0]}=${value}`)(draft);
    }),
  ),
  fc
    .tuple(known, fc.constantFrom('[]', '[0]', '[$ne]', '[__proto__]', '%5B%5D', '[', '[a][b]'))
    .map(([name, bracket]) => spoiling(name + bracket, INVALID, add(`${name}${bracket}=x`))),
  fc
    .tuple(known, fc.constantFrom('=x', '=', ''))
    .map(([name, value]) =>
      spoiling(`?${name}${value}`, INVALID, (draft) => ({ ...draft, target: `${draft.target}?a=b&${name}${value}` })),
    ),
  fc
    .tuple(position, position, fc.constantFrom('%zz', '%FF', '%C0%AF', '%ED%A0%80', '%u0041', '\xff', '\xed\xa0\x80'))
    .map(([at, index, piece]) =>
      spoiling(`${JSON.stringify(piece)} in pair ${at} at ${index}`, INVALID, (draft) =>
        changePair(draft, at, (pair) => insert(pair, index, piece)),
      ),
    ),
  fc
    .constantFrom('GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE')
    .map((method) => spoiling(method, { status: 405, error: 'invalid_request' }, (draft) => ({ ...draft, method }))),
  fc
    .constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded; charset=latin1', '', 'x')
    .map((type) => spoiling(type, WRONG_TYPE, (draft) => ({ ...draft, types: [`Content-Type: ${type}`] }))),
  fc.constant(spoiling('no type', WRONG_TYPE, (draft) => ({ ...draft, types: [] }))),
  fc.constant(spoiling('two types', INVALID, (draft) => ({ ...draft, types: [...draft.types, ...draft.types] }))),
  fc
    .constantFrom('gzip', 'br', 'identity, gzip', 'x')
    .map((coding) =>
      spoiling(coding, WRONG_TYPE, (draft) => ({ ...draft, otherLines: [`Content-Encoding: ${coding}`] })),
    ),
  fc.constantFrom('Bearer x', 'Basic a2V5OnNlY3JldA==', '', 'Digest a').map((second) =>
    spoiling(`second: ${second}`, INVALID, (draft) => ({
      ...draft,
      credentials: [...draft.credentials, `authorization: ${second}`],
    })),
  ),
  fc
    .constantFrom('Basic', 'Basic x', 'Basic a2V5OnNlY3JldA', 'Basic a2V5', 'Basic a2V5OnNlY3JldA== ,', '\xff')
    .map((text) => spoiling(text, INVALID, (draft) => ({ ...draft, credentials: [`Authorization: ${text}`] }))),
  fc.tuple(fc.constantFrom(...APPLICATION), position, letter).map(([half, at, other]) =>
    spoiling(`client's ${half}: another character at ${at}`, NO_CLIENT, (draft) => ({
      ...draft,
      credentials: [
        basicHeader(APPLICATION.map((text) => (text === half ? replaceAt(text, at, other) : text)).join(':')),
      ],
    })),
  ),
  fc
    .constantFrom([], ['Authorization: Bearer x'])
    .map((credentials) =>
      spoiling(`credentials: ${credentials.join()}`, NO_CLIENT, (draft) => ({ ...draft, credentials })),
    ),
  fc.constant(spoiling('the secret in both places', INVALID, add(`client_secret=${APPLICATION[1]}`))),
  fc.constant(spoiling('another client_id', INVALID, add('client_id=bystander'))),
  fc
    .integer({ min: 33_000, max: 60_000 })
    .map((length) => spoiling('too long', { status: 413, error: 'invalid_request' }, add(`x=${'y'.repeat(length)}`))),
  fc.constant(spoiling('too many', INVALID, add(...Array.from({ length: 101 }, (_, index) => `p${index}=`)))),
];

const NOTHING_DONE: Outcome = { status: 200 };

/** Faults for one kind of request. */
const ownSpoilings: Record<RightKind, readonly fc.Arbitrary<Spoiling>[]> = {
  password: [
    ...['grant_type', 'username', 'password'].map(dropped),
    valueOf('grant_type', { status: 400, error: 'unsupported_grant_type' }),
    valueOf('password', { status: 400, error: 'invalid_grant' }),
  ],
  refresh: [
    ...['grant_type', 'refresh_token'].map(dropped),
    valueOf('refresh_token', { status: 400, error: 'invalid_grant' }),
    valueOf('grant_type', { status: 400, error: 'unsupported_grant_type' }),
  ],
  clientCredentials: [
    dropped('grant_type'),
    fc.constantFrom('0', '-1', '1e3', '1.5', '%20', '00', 'x', '-0', '0x1', '1_0', '%D9%A3').map((period) =>
      spoiling(`validity_period ${period}`, INVALID, (draft) => ({
        ...draft,
        pairs: draft.pairs.map((pair) => (pair.startsWith('validity') ? `validity_period=${period}` : pair)),
      })),
    ),
  ],
  revokeAccess: [dropped('token'), valueOf('token', NOTHING_DONE)],
  revokeRefresh: [dropped('token'), valueOf('token', NOTHING_DONE)],
  introspectAccess: [dropped('token'), valueOf('token', NOTHING_DONE)],
  introspectRefresh: [dropped('token'), valueOf('token', NOTHING_DONE)],
};

const spoiltCases = fc.oneof(
  ...RIGHT_KINDS.map((kind) =>
    fc.record({ kind: fc.constant(kind), spoiling: fc.oneof(...spoilings, ...ownSpoilings[kind]) }),
  ),
);

const expectOutcome = ({ method }: Draft, answer: WireAnswer, { status, error }: Outcome): void => {
  if (method === 'HEAD') return expect([answer.status, answer.body]).toEqual([status, '']);
  if (status !== 200) {
    expectCleanAnswer(answer, { status, ...(error === undefined ? {} : { error }), without: ['sga_', 'sgr_'] });
  } else expect([answer.status, answer.body]).toEqual([200, expect.stringMatching(/^(?:\{"active":false\})?$/)]);
};

test(`S-359 a right request with one fault is refused for it without effect (${casesOf('rightRequestsSpoilt')} cases)`, async () => {
  let tokens = await gate.newTokens();
  await forAllCases('rightRequestsSpoilt', spoiltCases, async ({ kind, spoiling: { to, outcome } }) => {
    const draft = to(rightRequest(kind, tokens));
    try {
      expectOutcome(draft, await gate.ask(written(draft)), outcome);
      expect([await opens(tokens.access_token), await isActive(tokens.refresh_token)]).toEqual([true, true]);
    } catch (error) {
      tokens = await gate.newTokens(); // what fails here must not fail the next case
      throw error;
    }
  });
  await gate.expectAlive();
});
