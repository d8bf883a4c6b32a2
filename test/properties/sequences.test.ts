import fc from 'fast-check';
import { aClock } from '../support/time/clock';
import { everyStore, type StoreOptions } from '../support/stores/every-store';
import { aGate, JOHN, type Pair } from '../support/gate/gate';
import { casesOf, forAllCases, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';
import { serve } from '../support/http/raw-http';
import { basicHeader, FORM_TYPE } from '../support/tokens/token-requests';
import { GrantModel, type Expected, type ModelClient, type ModelToken, type Operation } from './grant-model';
import { KeptConnection, type WireAnswer } from './kept-connection';
import { encodeForm, passwordForm } from '../support/tokens/forms';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const KEYS: Readonly<Record<ModelClient, Pair>> = {
  first: ['first', 'first-secret'],
  second: ['second', 'second-secret'],
  inspector: ['inspector', 'inspector-secret'],
};

const applications = Object.values(KEYS).map(([consumerKey, consumerSecret]) => ({
  name: consumerKey,
  owner: JOHN[0],
  consumerKey,
  consumerSecret,
  introspect: consumerKey === 'inspector',
}));

const LIFETIMES = { accessTokenLifetime: 60, refreshTokenLifetime: 100, grantLifetime: 150 };

type Ask = (form: Readonly<Record<string, string>>, target: string, client: ModelClient) => Promise<WireAnswer>;

/** A gate of the model's kind, and the texts that it has given for the model's tokens. */
interface RealGate {
  readonly name: string;
  readonly ask: Ask;
  readonly use: (text: string, at: 'read' | 'update') => Promise<WireAnswer>;
  readonly texts: Map<ModelToken, string>;
}

const realGate = async (
  name: string,
  store: StoreOptions,
  clock: () => number,
  refreshGrace: number,
): Promise<RealGate> => {
  const { app } = aGate({ ...store, clock, applications, throttle: false, tokens: { ...LIFETIMES, refreshGrace } });
  const { port } = await serve(app);
  const connection = new KeptConnection(port);
  return {
    name,
    ask: (form, target, client) =>
      connection.ask({
        method: 'POST',
        target,
        headers: [FORM_TYPE, basicHeader(KEYS[client].join(':'))],
        body: encodeForm(form),
      }),
    use: (text, at) =>
      connection.ask({
        method: at === 'read' ? 'GET' : 'PUT',
        target: at === 'read' ? '/orders' : '/orders/1',
        headers: [`Authorization: Bearer ${text}`],
        body: '',
      }),
    texts: new Map(),
  };
};

const scopesOf = (scopes: readonly string[]) => (scopes.length === 0 ? {} : { scope: scopes.join(' ') });

/** A step that the model has decided: the request to a gate, and the response that it must give. */
interface Step {
  readonly expected: Expected;
  readonly ask: (gate: RealGate, textOf: (token: ModelToken) => string) => Promise<WireAnswer>;
}

const ownerOr = (as: ModelClient | 'owner', { grant }: ModelToken): ModelClient => (as === 'owner' ? grant.client : as);

const using = (model: GrantModel, token: ModelToken, at: 'read' | 'update'): Step => ({
  expected: model.use(token, at),
  ask: (gate, textOf) => gate.use(textOf(token), at),
});

const introspecting = (model: GrantModel, token: ModelToken, client: ModelClient): Step => ({
  expected: model.introspect(token, client),
  ask: (gate, textOf) => gate.ask({ token: textOf(token) }, '/introspect', client),
});

const tokenStep = (model: GrantModel, token: ModelToken, operation: Operation): Step | undefined => {
  if (operation.do === 'use') return using(model, token, operation.at);
  if (operation.do === 'introspect') return introspecting(model, token, ownerOr(operation.as, token));
  if (operation.do === 'revoke') {
    const client = ownerOr(operation.as, token);
    const expected = model.revoke(token, client);
    if (expected === undefined) return undefined;
    return { expected, ask: (gate, textOf) => gate.ask({ token: textOf(token) }, '/revoke', client) };
  }
  if (operation.do !== 'refresh') return undefined;
  const client = ownerOr(operation.as, token);
  const form = { grant_type: 'refresh_token', ...scopesOf(operation.scopes) };
  return {
    expected: model.refresh(token, client, operation.scopes),
    ask: (gate, textOf) => gate.ask({ ...form, refresh_token: textOf(token) }, '/token', client),
  };
};

const stepOf = (model: GrantModel, operation: Operation): Step | undefined => {
  if (operation.do === 'signIn') {
    const { client, scopes } = operation;
    const form = { ...passwordForm(JOHN), ...scopesOf(scopes) };
    return { expected: model.signIn(client, scopes), ask: (gate) => gate.ask(form, '/token', client) };
  }
  if (operation.do === 'askForItself') {
    const { client, period } = operation;
    const form = { grant_type: 'client_credentials', scope: 'read', validity_period: String(period) };
    return { expected: model.askForItself(client, period), ask: (gate) => gate.ask(form, '/token', client) };
  }
  const token = 'pick' in operation ? model.pick(operation.pick) : undefined;
  return token === undefined ? undefined : tokenStep(model, token, operation);
};

/** Has a gate do a step, and holds what it answers against the model. */
const follow = async (gate: RealGate, { expected, ask }: Step): Promise<WireAnswer> => {
  const { texts, name } = gate;
  const answer = await ask(gate, (token) => texts.get(token) ?? '');
  const body = answer.body === '' ? {} : (JSON.parse(answer.body) as Readonly<Record<string, string>>);
  expect([name, answer.status, body]).toEqual([name, expected.status, expect.objectContaining(expected.json ?? {})]);
  const { pair } = expected;
  if (pair === undefined) {
    expect(answer.body).not.toMatch(/sg[ar]_/);
    return answer;
  }
  const answered: readonly (readonly [ModelToken | undefined, string | undefined])[] = [
    [pair.access, body['access_token']],
    [pair.refresh, body['refresh_token']],
  ];
  for (const [token, text] of answered) {
    expect(typeof text).toBe(token === undefined ? 'undefined' : 'string');
    if (token === undefined || text === undefined) continue;
    // A pair that was answered before is answered again letter by letter; a new one is new.
    if (texts.has(token)) expect(text).toBe(texts.get(token));
    else expect([...texts.values()]).not.toContain(text);
    texts.set(token, text);
  }
  return answer;
};

/** Every token that was ever issued has the state of the model, and no grant has two live refresh tokens. */
const expectAgreement = async (gates: readonly RealGate[], model: GrantModel): Promise<void> => {
  for (const gate of gates) {
    const liveRefreshTokens: unknown[] = [];
    for (const token of model.tokens) {
      await follow(gate, using(model, token, 'read'));
      const { body } = await follow(gate, introspecting(model, token, token.grant.client));
      if (token.kind === 'refresh' && body.includes('"active":true')) liveRefreshTokens.push(token.grant);
    }
    expect(new Set(liveRefreshTokens).size).toBe(liveRefreshTokens.length);
  }
};

const client = fc.constantFrom('first', 'first', 'second');
const as = fc.constantFrom('owner', 'owner', 'owner', 'owner', 'first', 'second', 'inspector');
// Counted back from the last token: 0 is its refresh token, 2 the one before, 1 and 3 are access tokens.
const pick = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 0, 0, 2, 2, 4, 1, 3) },
  { weight: 1, arbitrary: fc.nat({ max: 40 }) },
);
const scopes = fc.constantFrom([], ['read'], ['update'], ['read', 'update']);
// On both sides of each lifetime, to the millisecond.
const seconds = fc.constantFrom(0.5, 1, 5, 9.999, 10, 10.001, 45, 59.999, 60, 95, 99.999, 100);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('signIn'), client, scopes }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('askForItself'), client, period: fc.constantFrom(1, 30, 500) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('refresh'), pick, as, scopes }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke'), pick, as }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('use'), pick, at: fc.constantFrom('read', 'update') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('introspect'), pick, as }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait'), seconds }) },
);

/** A refresh whose answer does not arrive, so that it is sent again, sometimes with another scope. */
const retry = fc
  .tuple(scopes, scopes, fc.boolean(), seconds)
  .map(([asked, other, isSame, delay]): readonly Operation[] => [
    { do: 'refresh', pick: 0, as: 'owner', scopes: asked },
    { do: 'wait', seconds: delay },
    { do: 'refresh', pick: 2, as: 'owner', scopes: isSame ? asked : other },
    { do: 'refresh', pick: 2, as: 'owner', scopes: asked },
  ]);

const firstOperation = fc.record({ do: fc.constant('signIn'), client, scopes });

const sequences = fc
  .tuple(
    firstOperation,
    fc.array(fc.oneof({ weight: 8, arbitrary: operation.map((one) => [one]) }, { weight: 1, arbitrary: retry }), {
      maxLength: 14,
    }),
  )
  .map(([first, phrases]): readonly Operation[] => [first, ...phrases.flat()]);

const followsModel = async (
  name: 'sequencesWithGrace' | 'sequencesWithoutGrace',
  refreshGrace: number,
): Promise<void> => {
  const clock = aClock();
  const gates = await Promise.all(
    everyStore.map(async ([store, fresh]) => realGate(store, await fresh(), clock.now, refreshGrace)),
  );
  await forAllCases(name, sequences, async (operations) => {
    const model = new GrantModel({ ...LIFETIMES, refreshGrace }, clock.now);
    for (const { texts } of gates) texts.clear();
    for (const one of operations) {
      if (one.do === 'wait') clock.advance(one.seconds);
      const step = stepOf(model, one);
      if (step === undefined) continue;
      for (const gate of gates) await follow(gate, step);
    }
    await expectAgreement(gates, model);
  });
};

describe('S-359 any sequence of operations has the results of the model, in memory and on Redis,', () => {
  test(`with a grace window (${casesOf('sequencesWithGrace')} sequences)`, () =>
    followsModel('sequencesWithGrace', 10));

  test(`without one (${casesOf('sequencesWithoutGrace')} sequences)`, () => followsModel('sequencesWithoutGrace', 0));
});
