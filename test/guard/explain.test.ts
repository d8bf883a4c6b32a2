import { mintAccessToken } from '../../src/protocol/secrets';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { anExplainedGate, APP, LISTING, NARROW, OUTSIDER, SANDBOX, GET } from '../support/gate/explained-gate';
import { JANE, JOHN, type TokenBody } from '../support/gate/gate';
import { rejectionOf } from '../support/expect/thrown';
import { clientForm, refreshForm } from '../support/tokens/forms';
import { grantIdOf, aForgery } from '../support/tokens/tokens';

const NOW = 1_800_000_000;

const PUT = (path: string) => ({ method: 'PUT', path });

describe.each(everyStore)('the explanation of a token over %s', (_name, freshStore) => {
  const open = async () => {
    const clock = aClock(NOW);
    const tested = anExplainedGate({ ...(await freshStore()), clock: clock.now });
    const stateOf = async (token: string) => (await tested.gate.explain(token, 'read')).token.state;
    const refreshed = async ({ refresh_token: token }: TokenBody) =>
      (await tested.token(refreshForm(token)).expect(200)).body as TokenBody;
    return { ...tested, clock, stateOf, refreshed };
  };

  it('describes a live token and the rule that it meets', async () => {
    const { gate, signIn } = await open();
    const { access_token: token } = await signIn('read');
    const explanation = await gate.explain(token, GET('/orders'));
    expect(explanation).toStrictEqual({
      allowed: true,
      status: 200,
      reason: 'allowed',
      token: {
        state: 'live',
        auth: {
          subject: JOHN[0],
          clientId: APP[0],
          organization: 'johnsorg',
          scopes: ['read'],
          environment: 'production',
          grantId: grantIdOf(token),
          issuedAt: NOW,
          expiresAt: NOW + 3_600,
        },
      },
      rule: { api: 'orders', path: '/', names: ['read'] },
      missing: [],
      summary: 'This request would be allowed.',
    });
  });

  it('distinguishes a live token from a replaced one, which is live during the grace window', async () => {
    const { signIn, stateOf, refreshed, clock } = await open();
    const first = await signIn('read');
    const second = await refreshed(first);
    expect([await stateOf(first.access_token), await stateOf(second.access_token)]).toEqual(['live', 'live']);
    clock.advance(11);
    expect([await stateOf(first.access_token), await stateOf(second.access_token)]).toEqual(['replaced', 'live']);
  });

  it('reports a token that was revoked, expired or never issued as gone', async () => {
    const { gate, signIn, stateOf, clock } = await open();
    const [revoked, expired] = [await signIn('read'), await signIn('read')];
    await gate.tokens.revoke({ token: revoked.access_token });
    expect(await stateOf(revoked.access_token)).toBe('gone');
    expect(await stateOf(aForgery())).toBe('gone');
    expect(await stateOf(mintAccessToken(grantIdOf(expired.access_token) as never).text)).toBe('gone');
    clock.advance(3_600);
    expect(await stateOf(expired.access_token)).toBe('gone'); // its refresh token lives on
  });

  it('reports a token that ended with changed roles or scopes as gone', async () => {
    const { gate, token, stateOf } = await open();
    const { applications } = gate.directory;
    const { id } = await applications.create({ name: 'Made', owner: JOHN[0], subscriptions: ['orders'] });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const { body } = await token(clientForm('read'), [clientId, clientSecret]).expect(200);
    await applications.setScopes(id, ['read']);
    expect(await stateOf((body as TokenBody).access_token)).toBe('gone');
  });

  it('distinguishes tokens of another kind from texts that are not tokens', async () => {
    const { gate, signIn, stateOf } = await open();
    const { access_token: access, refresh_token: refresh } = await signIn('read');
    const { applications } = gate.directory;
    const { id } = await applications.create({ name: 'Made', owner: JOHN[0] });
    const { clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    expect([await stateOf(refresh), await stateOf(clientSecret)]).toEqual(['wrong_kind', 'wrong_kind']);
    const mistyped = `${access.slice(0, -1)}${access.endsWith('A') ? 'B' : 'A'}`;
    for (const text of [mistyped, access.slice(0, -1), `${access}x`, 'nonsense', 'sga_', access.toUpperCase()])
      expect([text, await stateOf(text)]).toEqual([text, 'malformed']);
  });

  it('describes what is wrong with a token, and names no scope then', async () => {
    const { gate, signIn } = await open();
    const { refresh_token: refresh } = await signIn('read');
    const wording = {
      [refresh]: 'the token is a refresh token or a client secret, not an access token',
      nonsense: 'this is not an access token; check that you copied all of it',
      [aForgery()]: 'the token is expired, revoked or was never issued here',
    };
    for (const [token, words] of Object.entries(wording)) {
      expect(await gate.explain(token, PUT('/orders/1'))).toMatchObject({
        allowed: false,
        status: 401,
        reason: 'invalid_token',
        rule: { api: 'orders', path: '/:id', names: ['update'] },
        missing: [],
        summary: `This request would be refused (401 invalid_token): ${words}.`,
      });
    }
  });
});

describe('the list of what is missing', () => {
  const explained = async (
    scope: string,
    credentials: Parameters<ReturnType<typeof anExplainedGate>['signIn']>[1],
    user: typeof JOHN,
    asked: Parameters<ReturnType<typeof anExplainedGate>['gate']['explain']>[1],
  ) => {
    const { gate, signIn } = anExplainedGate();
    return gate.explain((await signIn(scope, credentials, user)).access_token, asked);
  };
  const insufficient = { allowed: false, status: 403, reason: 'insufficient_scope' };

  it('contains a subscription to the API, whatever the scope', async () => {
    expect(await explained('read', APP, JOHN, GET('/stock'))).toMatchObject({
      allowed: false,
      status: 403,
      reason: 'not_subscribed',
      token: { state: 'live' },
      rule: { api: 'stock', path: '/', names: ['count'] },
      missing: [{ kind: 'subscription', api: 'stock' }],
      summary: 'This request would be refused (403 not_subscribed): the application is not subscribed to stock.',
    });
  });

  it('is empty for a sandbox token if the API has no sandbox', async () => {
    expect(await explained('read', SANDBOX, JOHN, GET('/orders'))).toMatchObject({
      allowed: false,
      status: 403,
      reason: 'no_sandbox',
      token: { auth: { environment: 'sandbox' } },
      missing: [],
      summary: 'This request would be refused (403 no_sandbox): this is a sandbox token, and the API has no sandbox.',
    });
  });

  it('contains a scope for which the user has no role, with the roles that grant it', async () => {
    expect(await explained('read update', APP, JANE, PUT('/orders/1'))).toMatchObject({
      ...insufficient,
      missing: [{ kind: 'scope', scope: 'update', because: 'role', roles: ['clerk', 'manager'] }],
      summary:
        'This request would be refused (403 insufficient_scope): update requires one of the roles clerk, manager.',
    });
  });

  it('contains a role even if the application lists the scope, because the list does not apply to users', async () => {
    expect(await explained('read update', LISTING, JANE, PUT('/orders/1'))).toMatchObject({
      ...insufficient,
      missing: [{ kind: 'scope', scope: 'update', because: 'role', roles: ['clerk', 'manager'] }],
    });
  });

  it("contains a role for a client's own token, unless its application lists the scope", async () => {
    const { gate, token } = anExplainedGate();
    const ownToken = async (credentials: typeof APP) =>
      ((await token(clientForm('read'), credentials).expect(200)).body as TokenBody).access_token;
    expect((await gate.explain(await ownToken(APP), PUT('/orders/1'))).missing).toEqual([
      { kind: 'scope', scope: 'update', because: 'role', roles: ['clerk', 'manager'] },
    ]);
    expect((await gate.explain(await ownToken(LISTING), PUT('/orders/1'))).missing).toEqual([
      { kind: 'scope', scope: 'update', because: 'not_requested' },
    ]);
  });

  it('contains a scope that the application may not have', async () => {
    expect(await explained('read update', NARROW, JOHN, PUT('/orders/1'))).toMatchObject({
      ...insufficient,
      missing: [{ kind: 'scope', scope: 'update', because: 'application' }],
      summary:
        'This request would be refused (403 insufficient_scope): update is not among the scopes of the application.',
    });
  });

  it('contains a scope if the application subscribes to none of its APIs', async () => {
    expect(await explained('read count', APP, JOHN, 'count')).toMatchObject({
      ...insufficient,
      rule: { names: ['count'] },
      missing: [{ kind: 'scope', scope: 'count', because: 'subscription', apis: ['stock'] }],
      summary: 'This request would be refused (403 insufficient_scope): count requires a subscription to stock.',
    });
    expect(await explained('read', OUTSIDER, JOHN, 'read')).toMatchObject({
      missing: [{ kind: 'scope', scope: 'read', because: 'subscription', apis: ['orders', 'archive'] }],
    });
  });

  it('contains a scope that no API needs, because no subscription grants it', async () => {
    const { missing, summary } = await explained('read audit', APP, JOHN, 'audit');
    expect(missing).toEqual([{ kind: 'scope', scope: 'audit', because: 'subscription', apis: [] }]);
    expect(summary).not.toContain('one of no API');
  });

  it('contains a scope that is available but was not requested', async () => {
    expect(await explained('read', APP, JOHN, PUT('/orders/1'))).toMatchObject({
      ...insufficient,
      missing: [{ kind: 'scope', scope: 'update', because: 'not_requested' }],
      summary:
        "This request would be refused (403 insufficient_scope): the token doesn't include update, which can be requested.",
    });
  });

  it('mentions a subscription that was added after the token was issued', async () => {
    const { gate, token } = anExplainedGate();
    const { applications } = gate.directory;
    const { id } = await applications.create({ name: 'Made', owner: JOHN[0], subscriptions: ['orders'] });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const { body } = await token(clientForm('read'), [clientId, clientSecret]).expect(200);
    await applications.subscribe(id, 'stock');
    const explanation = await gate.explain((body as TokenBody).access_token, GET('/stock'));
    expect(explanation).toMatchObject({ status: 403, reason: 'not_subscribed' });
    expect(explanation.summary).not.toContain('does not subscribe');
  });

  it('contains each missing scope of a rule, and no scope of the token', async () => {
    const asked = { method: 'POST', path: '/orders/1/lines' };
    const update = { kind: 'scope', scope: 'update', because: 'not_requested' };
    const read = { kind: 'scope', scope: 'read', because: 'not_requested' };
    expect((await explained('read', APP, JOHN, asked)).missing).toEqual([update]);
    expect((await explained('', APP, JOHN, asked)).missing).toEqual([read, update]);
    expect((await explained('', APP, JOHN, GET('/orders/1'))).missing).toEqual([read, update]);
    expect(await explained('update', APP, JOHN, GET('/orders/1'))).toMatchObject({ allowed: true, missing: [] });
  });

  it('contains nothing of the parts of a rule that are met', async () => {
    const { missing } = await explained('read', APP, JOHN, { allOf: ['update', { anyOf: ['read', 'count'] }] });
    expect(missing).toEqual([{ kind: 'scope', scope: 'update', because: 'not_requested' }]);
  });
});

describe('the explanation of a requirement', () => {
  it('is rejected if it names an undeclared scope', async () => {
    const { gate } = anExplainedGate();
    for (const asked of ['raed', { anyOf: ['read', 'raed'] }, { allOf: [] }])
      expect(await rejectionOf(gate.explain('nonsense', asked as never))).toMatchObject({
        code: 'ERR_SCOPEGATE_OPTION',
      });
  });
});
