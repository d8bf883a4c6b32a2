import type { NewApplication } from 'scopegate';
import { aMadeApplication, anApiGate, clientToken, type ApiGate } from '../support/gate/api-gate';
import { challengeOf } from '../support/http/challenge';
import { aClock } from '../support/time/clock';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, JOHN, MARY, type Pair, type TokenBody } from '../support/gate/gate';
import { expectCleanAnswer, type TestResponse } from '../support/expect/clean-answer';
import { refresh } from '../support/tokens/refreshing';
import { passwordForm, clientForm } from '../support/tokens/forms';

const EVERYTHING = 'read update count audit';

/** Refused because of the application: no scope would help, and none is named. */
const expectNotSubscribed = (answer: TestResponse): void => {
  const body = expectCleanAnswer(answer, { status: 403, from: 'guard', error: 'insufficient_scope' });
  const description = 'The application of this token does not subscribe to this API.';
  expect(body).toEqual({ error: 'insufficient_scope', error_description: description });
  const { scheme, parameters } = challengeOf(answer);
  expect(scheme).toBe('Bearer');
  expect(parameters).toMatchObject({ error: 'insufficient_scope', error_description: description });
  expect(Object.keys(parameters)).not.toContain('scope');
};

const expectTooLittle = (answer: TestResponse, scope: string): void => {
  const body = expectCleanAnswer(answer, { status: 403, from: 'guard', error: 'insufficient_scope' });
  expect([body['scope'], challengeOf(answer).parameters['scope']]).toEqual([scope, scope]);
};

/** An application with these subscriptions, and what it is given. */
const subscribed = async (gate: ApiGate, subscriptions: readonly string[], more: Partial<NewApplication> = {}) => {
  const application = await aMadeApplication(gate, { subscriptions, ...more });
  const grantedTo = async (scope: string, user = JOHN): Promise<string> =>
    (await gate.signIn(application.keys, scope, user)).scope;
  return { ...application, grantedTo };
};

describe('scopes in a gate with APIs', () => {
  it.each<[subscriptions: readonly string[], granted: string]>([
    [[], 'default'],
    [['orders'], 'read update'],
    [['stock'], 'read count'],
    [['orders', 'stock'], 'read update count'],
    [['stock', 'orders'], 'read update count'],
  ])('S-108 S-109 are those that the subscribed APIs need: %j', async (subscriptions, granted) => {
    const gate = anApiGate();
    const { grantedTo, keys } = await subscribed(gate, subscriptions);
    expect(await grantedTo(EVERYTHING)).toBe(granted);
    const own = await clientToken(gate, keys, EVERYTHING);
    expect(own.scope).toBe(granted.replace('read update', 'read'));
  });

  it("S-108 also depend on the user's roles", async () => {
    const { grantedTo } = await subscribed(anApiGate(), ['orders', 'stock']);
    expect(await grantedTo(EVERYTHING, MARY)).toBe('read count');
  });

  it('S-108 never exceed the list of the application', async () => {
    const { grantedTo } = await subscribed(anApiGate(), ['orders', 'stock'], { scopes: ['count', 'read'] });
    expect(await grantedTo(EVERYTHING)).toBe('read count');
  });

  it('S-108 are not granted through the list alone if an API needs them', async () => {
    const gate = anApiGate();
    const { grantedTo, keys } = await subscribed(gate, ['stock'], { scopes: ['read', 'update'] });
    expect(await grantedTo(EVERYTHING)).toBe('read');
    expect((await clientToken(gate, keys, EVERYTHING)).scope).toBe('read');
  });

  it('that no API needs are granted if the application lists them, with and without a subscription', async () => {
    const gate = anApiGate();
    const none = await subscribed(gate, [], { scopes: ['audit'] });
    expect(await none.grantedTo(EVERYTHING)).toBe('audit');
    expect((await clientToken(gate, none.keys, EVERYTHING)).scope).toBe('audit');
    const both = await subscribed(gate, ['stock'], { scopes: ['audit', 'read'] });
    expect(await both.grantedTo(EVERYTHING)).toBe('read audit');
  });

  it('that only a guard outside APIs names need no subscription', async () => {
    const gate = anApiGate();
    gate.app.get('/books', gate.gate.requireScope('audit'), (_request, response) => void response.json({}));
    const { keys, grantedTo } = await subscribed(gate, []);
    expect(await grantedTo(EVERYTHING)).toBe('audit');
    const { access_token: token } = await gate.signIn(keys, 'audit');
    await gate.get('/books', token).expect(200);
  });

  it('that an API needs require its subscription, even if a guard outside APIs names them as well', async () => {
    const gate = anApiGate();
    gate.app.get('/list', gate.gate.requireScope('read'), (_request, response) => void response.json({}));
    expect(await (await subscribed(gate, [])).grantedTo(EVERYTHING)).toBe('default');
    expect(await (await subscribed(gate, ['stock'])).grantedTo('read')).toBe('read');
  });

  it.each<[how: string, guard: (gate: ApiGate['gate']) => unknown]>([
    ['for one route', (gate) => gate.api('orders').requireScope('audit')],
    ['in a rule', (gate) => gate.api('orders').requireScope({ anyOf: ['audit', 'read'] })],
    ['for a method', (gate) => gate.api('orders').requireScope({ GET: 'read', PUT: { allOf: ['update', 'audit'] } })],
  ])('that a guard of an API names %s are needed by that API', async (_how, guard) => {
    const gate = anApiGate();
    guard(gate.gate);
    expect(await (await subscribed(gate, ['orders'])).grantedTo(EVERYTHING)).toBe('read update audit');
    expect(await (await subscribed(gate, ['stock'])).grantedTo(EVERYTHING)).toBe('read count');
    // A list is no way around a subscription any more.
    expect(await (await subscribed(gate, ['stock'], { scopes: ['audit'] })).grantedTo(EVERYTHING)).toBe('default');
  });

  it('S-108 S-088 are granted completely or not at all if dropping is disabled, whatever the password is', async () => {
    const gate = anApiGate({ ungrantedScopes: 'reject' });
    const { keys, grantedTo } = await subscribed(gate, ['stock']);
    expect(await grantedTo('count read')).toBe('count read');
    const wrong: Pair = [JOHN[0], 'wrong'];
    for (const asked of ['read update', 'update', 'audit', 'count nobody']) {
      for (const form of [passwordForm(JOHN, asked), passwordForm(wrong, asked), clientForm(asked)]) {
        expectCleanAnswer(await gate.token(form, keys), { status: 400, error: 'invalid_scope' });
      }
    }
  });

  it('do not depend on subscriptions if there are no APIs', async () => {
    const gate = aGate();
    const { keys } = await aMadeApplication(gate);
    expect((await gate.signIn(JOHN, 'read update', keys)).scope).toBe('read update');
  });
});

describe.each(everyStore)('a gate with APIs in %s', (_name, freshStore) => {
  const open = async () => {
    const clock = aClock();
    return { ...anApiGate({ ...(await freshStore()), clock: clock.now }), clock };
  };

  it('S-116 S-179 refuses a token whose application does not subscribe, and names no scope', async () => {
    const gate = await open();
    const { keys } = await subscribed(gate, ['stock']);
    const { access_token: token } = await gate.signIn(keys, EVERYTHING);
    for (const path of ['/orders', '/orders/any']) expectNotSubscribed(await gate.get(path, token));
    expectNotSubscribed(await gate.put('/orders/1', token));
    const own = await clientToken(gate, keys, 'read');
    expectNotSubscribed(await gate.get('/orders', own.access_token));
    expect(gate.served()).toBe(0);
    await gate.get('/stock', token).expect(200);
    await gate.get('/stock', own.access_token).expect(200);
    await gate.get('/orders/open', token).expect(200);
  });

  it('S-116 S-196 accepts a scope that two APIs need only on the subscribed API', async () => {
    const gate = await open();
    const [orders, stock] = [await subscribed(gate, ['orders']), await subscribed(gate, ['stock'])];
    const atOrders = await gate.signIn(orders.keys, 'read');
    const atStock = await gate.signIn(stock.keys, 'read');
    for (let round = 0; round < 2; round += 1) {
      await gate.get('/orders', atOrders.access_token).expect(200);
      expectNotSubscribed(await gate.get('/stock', atOrders.access_token));
      await gate.get('/stock', atStock.access_token).expect(200);
      expectNotSubscribed(await gate.get('/orders', atStock.access_token));
    }
  });

  it('S-178 S-179 checks first the token, then the subscription, then the scope', async () => {
    const gate = await open();
    const { keys } = await subscribed(gate, ['orders', 'stock']);
    const { keys: elsewhere } = await subscribed(gate, ['stock']);
    const { access_token: narrow } = await gate.signIn(keys, 'count');
    const { access_token: unsubscribed } = await gate.signIn(elsewhere, 'count');

    expectTooLittle(await gate.get('/orders', narrow), 'read');
    expectNotSubscribed(await gate.get('/orders', unsubscribed));
    expectTooLittle(await gate.get('/stock', unsubscribed), 'read');
    gate.clock.advance(3600);
    for (const token of [narrow, unsubscribed, 'sga_unknown']) {
      const answer = await gate.get('/orders', token);
      expectCleanAnswer(answer, { status: 401, from: 'guard', error: 'invalid_token' });
    }
    expect(gate.served()).toBe(0);
  });

  it('requires a subscription on single routes of an API too, but not for guards outside APIs', async () => {
    const gate = await open();
    const { api, requireScope, requireToken } = gate.gate;
    const served = (_request: object, response: { json(body: object): unknown }) => void response.json({});
    gate.app.get('/single/scope', api('orders').requireScope('read'), served);
    gate.app.get('/single/either', api('orders').requireScope({ anyOf: ['read', 'count'] }), served);
    gate.app.use('/single/map', api('orders').requireScope({ GET: 'read' }), served);
    gate.app.get('/single/token', api('orders').requireToken(), served);
    gate.app.get('/plain/scope', requireScope('read'), served);
    gate.app.get('/plain/token', requireToken(), served);

    const { keys } = await subscribed(gate, ['stock']);
    const { access_token: token } = await gate.signIn(keys, 'read');
    for (const route of ['scope', 'either', 'map', 'token']) {
      expectNotSubscribed(await gate.get(`/single/${route}`, token));
    }
    for (const route of ['scope', 'token']) await gate.get(`/plain/${route}`, token).expect(200);

    const { keys: subscriber } = await subscribed(gate, ['orders']);
    const { access_token: theirs } = await gate.signIn(subscriber, 'read');
    for (const route of ['scope', 'either', 'map', 'token']) await gate.get(`/single/${route}`, theirs).expect(200);
  });

  it('uses the subscriptions at the time of issue, so that a later one needs a new token', async () => {
    const gate = await open();
    const { id, keys } = await subscribed(gate, ['stock']);
    const before = await gate.signIn(keys, 'read update');
    expect(before.scope).toBe('read');
    await gate.gate.directory.applications.subscribe(id, 'orders');

    expectNotSubscribed(await gate.get('/orders', before.access_token));
    await gate.get('/stock', before.access_token).expect(200);

    const anew = await gate.signIn(keys, 'read update');
    expect(anew.scope).toBe('read update');
    await gate.get('/orders', anew.access_token).expect(200);
    await gate.put('/orders/1', anew.access_token).expect(200);

    // A refresh opens the API too, with no more scope than was granted.
    const next = (await refresh(gate, before.refresh_token, undefined, keys).expect(200)).body as TokenBody;
    expect(next.scope).toBe('read');
    await gate.get('/orders', next.access_token).expect(200);
    expectTooLittle(await gate.put('/orders/1', next.access_token), 'update');
  });

  it('S-117 refuses tokens issued before the application left an API, and a refresh grants what is left', async () => {
    const gate = await open();
    const { id, keys } = await subscribed(gate, ['orders', 'stock']);
    const before = await gate.signIn(keys, EVERYTHING);
    const own = await clientToken(gate, keys, 'read count');
    await gate.gate.directory.applications.unsubscribe(id, 'orders');

    for (const token of [before.access_token, own.access_token]) {
      for (const path of ['/orders', '/stock', '/me']) await gate.get(path, token).expect(401, /invalid_token/);
    }
    const left = (await refresh(gate, before.refresh_token, undefined, keys).expect(200)).body as TokenBody;
    expect(left.scope).toBe('read count');
    expectNotSubscribed(await gate.get('/orders', left.access_token));
    await gate.get('/stock', left.access_token).expect(200);
    expect((await clientToken(gate, keys, EVERYTHING)).scope).toBe('read count');

    await gate.gate.directory.applications.unsubscribe(id, 'stock');
    await gate.get('/stock', left.access_token).expect(401);
    const nothing = (await refresh(gate, left.refresh_token, undefined, keys).expect(200)).body as TokenBody;
    expect(nothing.scope).toBe('default');
    await gate.get('/me', nothing.access_token).expect(200, /"scopes":\[\]/);
    for (const path of ['/orders', '/stock', '/stock/either']) {
      expectNotSubscribed(await gate.get(path, nothing.access_token));
    }
  });

  it('S-123 refuses a refresh that requests scopes of an unsubscribed API if dropping is disabled', async () => {
    const gate = anApiGate({ ...(await freshStore()), ungrantedScopes: 'reject' });
    const { id, keys } = await subscribed(gate, ['orders', 'stock']);
    const before = await gate.signIn(keys, 'read update count');
    await gate.gate.directory.applications.unsubscribe(id, 'orders');
    for (const asked of ['update', 'read update']) {
      const answer = await refresh(gate, before.refresh_token, asked, keys);
      expectCleanAnswer(answer, { status: 400, error: 'invalid_scope' });
    }
    const { body } = await refresh(gate, before.refresh_token, 'count', keys).expect(200);
    expect(body).toMatchObject({ scope: 'count' });
  });
});

describe('declared applications', () => {
  it('subscribe by their declaration, and lose subscriptions that a restart no longer declares', async () => {
    const shared = await onRedis();
    const started = (...subscriptions: readonly string[]) =>
      anApiGate({
        ...shared,
        applications: [{ name: 'App', owner: JOHN[0], consumerKey: 'key', consumerSecret: 'secret', subscriptions }],
      });
    const keys: Pair = ['key', 'secret'];
    const before = started('orders', 'stock');
    const tokens = await before.signIn(keys, 'read update');
    await before.put('/orders/1', tokens.access_token).expect(200);

    const after = started('stock');
    const { body } = await refresh(after, tokens.refresh_token, undefined, keys).expect(200);
    const next = body as TokenBody;
    expect(next.scope).toBe('read');
    expectNotSubscribed(await after.get('/orders', next.access_token));
    await after.get('/stock', next.access_token).expect(200);
  });
});
