import request from 'supertest';
import { createMemoryStore, type ScopegateOptions } from 'scopegate';
import {
  anExplainedGate,
  APP,
  explainedOptions,
  NARROW,
  OUTSIDER,
  type ExplainedScope,
} from '../support/gate/explained-gate';
import { JANE, JOHN, type Pair, type TokenBody } from '../support/gate/gate';
import { expectCleanAnswer, type TestResponse } from '../support/expect/clean-answer';
import { rejectionOf } from '../support/expect/thrown';
import { collect } from '../support/stores/collect';
import { clientForm, passwordForm, refreshForm } from '../support/tokens/forms';
import { REFUSED_REFRESH } from '../support/tokens/refreshing';

const ORIGIN = 'http://127.0.0.1';
const ORDERS = `${ORIGIN}/orders`;
/** An API inside the context of orders. */
const ARCHIVE = `${ORIGIN}/orders/archive`;
const STOCK = `${ORIGIN}/stock`;

const UNKNOWN = 'The resource is not one of this server: send one of the identifiers in its metadata.';

const expectInvalidTarget = (answer: TestResponse, description = UNKNOWN): void => {
  expect(expectCleanAnswer(answer, { status: 400, error: 'invalid_target' })).toHaveProperty(
    'error_description',
    description,
  );
};

/** A gate on a store in memory, and requests with `resource`. */
const open = (overrides: Partial<ScopegateOptions<ExplainedScope>> = {}) => {
  const tested = anExplainedGate(overrides);
  const get = async (path: string, token: string): Promise<number> =>
    (await request(tested.app).get(path).auth(token, { type: 'bearer' })).status;
  const issued = async (form: object, credentials?: Pair): Promise<TokenBody> =>
    expectCleanAnswer(await tested.token(form, credentials), { status: 200 }) as unknown as TokenBody;
  const forClient = (resource: string, scope?: string, credentials?: Pair) =>
    issued({ ...clientForm(scope), resource }, credentials);
  const forUser = (resource: string, scope?: string, user = JOHN) => issued({ ...passwordForm(user, scope), resource });
  const introspected = async (token: string) =>
    (
      await request(tested.app)
        .post('/introspect')
        .auth(...APP)
        .type('form')
        .send({ token })
    ).body as object;
  return { ...tested, get, issued, forClient, forUser, introspected };
};

describe('a token for a resource', () => {
  test('S-116 is accepted there, and refused as invalid by every other API, also one inside it', async () => {
    const { get, forClient, issued } = open();
    const { access_token: forOrders } = await forClient(ORDERS);
    const { access_token: forArchive } = await forClient(ARCHIVE);
    const { access_token: forAny } = await issued(clientForm('read'));
    expect([await get('/orders', forOrders), await get('/orders/archive/1999', forOrders)]).toEqual([200, 401]);
    expect([await get('/orders', forArchive), await get('/orders/archive/1999', forArchive)]).toEqual([401, 200]);
    expect([await get('/orders', forAny), await get('/orders/archive/1999', forAny)]).toEqual([200, 200]);
  });

  test('S-116 is refused before the subscriptions are considered, and the reason is in the event', async () => {
    const { gate, get, forClient } = open();
    const denied: unknown[] = [];
    gate.on('deny', ({ reason, status, api }) => void denied.push([status, reason, api]));
    const { access_token: token } = await forClient(STOCK, undefined, OUTSIDER);
    expect([await get('/orders', token), await get('/stock', token)]).toEqual([401, 403]);
    expect(denied).toEqual([
      [401, 'wrong_audience', 'orders'],
      [403, 'not_subscribed', 'stock'],
    ]);
  });

  test('of a revoked grant is invalid, whatever its audience', async () => {
    const { gate, get, forClient } = open();
    const denied: unknown[] = [];
    gate.on('deny', ({ reason }) => void denied.push(reason));
    const { access_token: token } = await forClient(STOCK);
    await gate.tokens.revoke({ token });
    expect([await get('/orders', token), denied]).toEqual([401, ['invalid_token']]);
  });

  test('is refused elsewhere even if the roles for its scopes are read again', async () => {
    const update = { description: 'Change orders', roles: ['clerk'], recheckRoles: true };
    const { get, forUser } = open({ scopes: { read: 'See', count: 'Count', audit: 'Audit', update } });
    const { access_token: token, scope } = await forUser(ORDERS);
    expect([scope, await get('/orders/1', token), await get('/orders/archive/1', token)]).toEqual([
      'read update',
      200,
      401,
    ]);
  });

  test('is described by introspection, the list of grants and gate.explain', async () => {
    const { gate, forClient, introspected } = open();
    const { access_token: token } = await forClient('http://127.0.0.1/stock');
    expect(await introspected(token)).toMatchObject({ active: true, aud: STOCK });
    expect(await collect(gate.tokens.find({ clientId: APP[0] }))).toEqual([
      expect.objectContaining({ audience: STOCK }),
    ]);
    expect(await gate.explain(token, { method: 'GET', path: '/orders' })).toMatchObject({
      allowed: false,
      status: 401,
      reason: 'wrong_audience',
      token: { state: 'live', auth: { audience: STOCK } },
      missing: [],
      summary:
        'This request would be refused (401 wrong_audience): the token is for another resource; get one for this resource.',
    });
  });

  test('leaves no trace of an audience in a token that was requested without one', async () => {
    const { gate, issued, introspected } = open();
    const { access_token: token } = await issued(clientForm('read'));
    expect(await introspected(token)).not.toHaveProperty('aud');
    expect((await collect(gate.tokens.find({ clientId: APP[0] })))[0]).not.toHaveProperty('audience');
  });
});

describe('a resource without a scope', () => {
  test.each(['drop', 'reject'] as const)(
    'gives the client itself every scope of the resource that it may have (ungrantedScopes: %s)',
    async (ungrantedScopes) => {
      const { forClient } = open({ ungrantedScopes });
      expect((await forClient(ORDERS)).scope).toBe('read');
      expect((await forClient(ORDERS, undefined, OUTSIDER)).scope).toBe('default');
    },
  );

  test.each(['drop', 'reject'] as const)(
    'gives every scope that the roles of the user allow (ungrantedScopes: %s)',
    async (ungrantedScopes) => {
      const { forUser, issued } = open({ ungrantedScopes });
      expect((await forUser(ORDERS)).scope).toBe('read update');
      expect((await forUser(ORDERS, undefined, JANE)).scope).toBe('read');
      expect((await forUser(ARCHIVE)).scope).toBe('read');
      expect((await issued({ ...passwordForm(JOHN), resource: ORDERS }, NARROW)).scope).toBe('read');
    },
  );

  test('gives nothing if the request asks for no scope by its reserved name', async () => {
    expect((await open().forUser(ORDERS, 'default')).scope).toBe('default');
  });

  test('leaves the meaning of a scope as it is', async () => {
    const { forUser, token } = open({ ungrantedScopes: 'reject' });
    expect((await forUser(ORDERS, 'read')).scope).toBe('read');
    const refused = await token({ ...passwordForm(JOHN, 'read audit'), resource: ORDERS });
    expectCleanAnswer(refused, { status: 400, error: 'invalid_scope' });
  });
});

describe('the resource of a token request', () => {
  const forms: readonly (readonly [grant: string, form: object])[] = [
    ['password', passwordForm(JOHN, 'read')],
    ['client_credentials', clientForm('read')],
  ];

  test.each(forms)('is refused for %s if it is not one of the metadata, and is not echoed', async (_grant, form) => {
    const { token } = open();
    for (const resource of ['https://evil.example/orders', 'orders', `${ORDERS}/`, `${ORDERS}#x`, ORIGIN]) {
      const answer = await token({ ...form, resource });
      expectInvalidTarget(answer);
      expect(answer.text).not.toContain('evil');
    }
  });

  test.each(forms)('is one for %s, which may be sent twice', async (_grant, form) => {
    const { token } = open();
    const several = 'An access token is for one resource: send one value of resource.';
    expectInvalidTarget(await token({ ...form, resource: [ORDERS, STOCK] }), several);
    expectInvalidTarget(await token({ ...form, resource: [ORDERS, 'https://evil.example'] }));
    await token({ ...form, resource: [ORDERS, 'HTTP://127.0.0.1/orders'] }).expect(200);
  });

  test('is checked before the password, so that the answer reveals nothing about it', async () => {
    const { token } = open();
    const [right, wrong] = [JOHN, [JOHN[0], 'wrong'] as const].map((user) => ({
      ...passwordForm(user),
      resource: 'https://evil.example',
    }));
    const answers = [await token(right ?? {}), await token(wrong ?? {})];
    const refused = [400, JSON.stringify({ error: 'invalid_target', error_description: UNKNOWN })];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([refused, refused]);
  });

  test('counts as omitted if it is empty', async () => {
    const { issued, introspected } = open();
    const { access_token: token } = await issued({ ...clientForm('read'), resource: '' });
    expect(await introspected(token)).not.toHaveProperty('aud');
  });

  test('may be the origin of the issuer once a guard protects a route outside of APIs', async () => {
    const { app, gate, forClient, get } = open();
    app.get('/me', gate.requireScope('audit'), (incoming, response) => void response.json(gate.auth(incoming)));
    const { access_token: token, scope } = await forClient(`${ORIGIN}/`, undefined, OUTSIDER);
    expect([scope, await get('/me', token), await get('/orders', token)]).toEqual(['audit', 200, 401]);
    const { body } = await request(app).get('/me').auth(token, { type: 'bearer' });
    expect(body).toHaveProperty('audience', ORIGIN);
    const { access_token: forOrders } = await forClient(ORDERS);
    expect(await get('/me', forOrders)).toBe(401);
  });
});

describe('gate.tokens.issue with a resource', () => {
  test('issues tokens for it, with every scope of it if none is given', async () => {
    const { gate, get } = open();
    const issue = { clientId: APP[0], subject: JOHN[0], resource: ORDERS };
    const all = await gate.tokens.issue(issue);
    expect([all.scopes, (await gate.tokens.issue({ ...issue, scopes: [] })).scopes]).toEqual([['read', 'update'], []]);
    expect([await get('/orders', all.accessToken), await get('/orders/archive/1', all.accessToken)]).toEqual([
      200, 401,
    ]);
  });

  test('refuses one that is unknown, and a value that is not a string', async () => {
    const { gate } = open();
    const issue = (resource: unknown) =>
      rejectionOf(gate.tokens.issue({ clientId: APP[0], resource: resource as string }));
    expect(await issue('https://evil.example')).toMatchObject({ code: 'invalid_target' });
    expect(await issue(7)).toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
  });
});

describe('a refresh', () => {
  const audienceOf = async (gate: ReturnType<typeof open>, token: string) =>
    ((await gate.introspected(token)) as { readonly aud?: string }).aud;

  test('without a resource is for that of the grant, each time', async () => {
    const gate = open();
    let tokens = await gate.forUser(ORDERS);
    for (let round = 0; round < 3; round += 1) {
      tokens = await gate.issued(refreshForm(tokens.refresh_token));
      expect([await audienceOf(gate, tokens.access_token), tokens.scope]).toEqual([ORDERS, 'read update']);
    }
    expect(await gate.get('/orders/archive/1', tokens.access_token)).toBe(401);
  });

  test('with another resource is refused, and the refresh token is not spent', async () => {
    const gate = open();
    const { refresh_token: token } = await gate.forUser(ORDERS);
    const refused = await gate.token({ ...refreshForm(token), resource: ARCHIVE });
    expectInvalidTarget(refused, 'The resource is not one that was granted.');
    expectInvalidTarget(await gate.token({ ...refreshForm(token), resource: 'https://evil.example' }));
    const again = await gate.issued({ ...refreshForm(token), resource: 'http://127.0.0.1/orders' });
    expect(await audienceOf(gate, again.access_token)).toBe(ORDERS);
  });

  test('of a grant for any resource can be narrowed to one, and the next can be for another', async () => {
    const gate = open();
    const first = await gate.issued(passwordForm(JOHN, 'read'));
    const second = await gate.issued({ ...refreshForm(first.refresh_token), resource: ORDERS });
    const third = await gate.issued({ ...refreshForm(second.refresh_token), resource: ARCHIVE });
    const fourth = await gate.issued(refreshForm(third.refresh_token));
    const audiences = await Promise.all(
      [first, second, third, fourth].map(({ access_token: token }) => gate.introspected(token)),
    );
    // The first two were replaced, which the grace window of the last but one allows.
    expect(audiences.slice(2)).toEqual([
      expect.objectContaining({ aud: ARCHIVE }),
      expect.not.objectContaining({ aud: expect.anything() }),
    ]);
  });

  test('that is repeated inside the grace window with another resource gets no tokens, and the grant continues', async () => {
    const gate = open();
    const { refresh_token: token } = await gate.issued(passwordForm(JOHN, 'read'));
    const first = await gate.issued({ ...refreshForm(token), resource: ORDERS });
    for (const resource of [ARCHIVE, STOCK, undefined]) {
      const form = resource === undefined ? refreshForm(token) : { ...refreshForm(token), resource };
      const refused = await gate.token(form);
      expect(expectCleanAnswer(refused, { status: 400, error: 'invalid_grant' })).toEqual(REFUSED_REFRESH);
    }
    expect(await gate.issued({ ...refreshForm(token), resource: 'http://127.0.0.1/orders' })).toMatchObject({
      access_token: first.access_token,
      refresh_token: first.refresh_token,
    });
    expect(await gate.get('/orders', first.access_token)).toBe(200);
  });

  test('is refused if its resource no longer exists, and not spent', async () => {
    const memory = createMemoryStore();
    const before = open({ memory });
    const { refresh_token: token } = await before.forUser(ARCHIVE);
    const archive = { context: '/moved', resources: [{ path: '/', methods: ['GET'], scopes: ['read'] as const }] };
    const after = open({ memory, apis: { ...explainedOptions().apis, archive } });
    expectInvalidTarget(await after.token(refreshForm(token)), 'The resource of this grant no longer exists.');
    await before.token(refreshForm(token)).expect(200);
  });
});
