import express from 'express';
import request from 'supertest';
import { withApplications } from '../support/gate/applications';
import { anApiGate, aMadeApplication, clientToken } from '../support/gate/api-gate';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, APPLICATION, JOHN, subscribing, type Pair, type TestGate } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { rawRequest, sendRaw, serve } from '../support/http/raw-http';
import { passwordForm, clientForm } from '../support/tokens/forms';
import { grantIdOf, aForgery } from '../support/tokens/tokens';

const NOW = 1_800_000_000;

const OTHER: Pair = ['other', 'other-secret'];

const post = ({ app }: Pick<TestGate, 'app'>, path: string, form: object, [key, secret]: Pair = APPLICATION) =>
  request(app).post(path).auth(key, secret).type('form').send(form);

describe.each(everyStore)('a gate over %s', (_name, freshStore) => {
  const open = async (overrides: Parameters<typeof aGate>[0] = {}) => {
    const tested = aGate({ ...(await freshStore()), clock: aClock(NOW).now, ...overrides });
    return { ...tested, events: recordEvents(tested.gate) };
  };

  const atGuard = { type: 'deny', place: 'guard', at: NOW };

  it('emits one deny event for a request that a guard refuses before it reads a token', async () => {
    const { get, signIn, events } = await open();
    const { access_token: token } = await signIn();
    events.splice(0);
    await get('/orders').expect(401);
    await get('/orders')
      .auth(...APPLICATION)
      .expect(401);
    expect(events.splice(0)).toStrictEqual(
      Array.from({ length: 2 }, () => ({ ...atGuard, status: 401, reason: 'no_token' })),
    );
    await get(`/orders?access_token=${token}`, token).expect(400);
    await get('/orders', '"').expect(400);
    expect(events).toStrictEqual(
      Array.from({ length: 2 }, () => ({ ...atGuard, status: 400, reason: 'invalid_request' })),
    );
  });

  it('emits one deny event for an unknown token, with the scopes of the rule and nothing of the token', async () => {
    const { get, signIn, gate, events } = await open();
    const { access_token: revoked } = await signIn();
    await gate.tokens.revoke({ token: revoked });
    events.splice(0);
    for (const token of [aForgery(), 'nonsense', revoked]) {
      await get('/both', token).expect(401);
    }
    await get('/me', 'nonsense').expect(401);
    const unknown = { ...atGuard, status: 401, reason: 'invalid_token' };
    const needs = ['read', 'update'];
    expect(events).toStrictEqual([
      ...Array.from({ length: 3 }, () => ({ ...unknown, needs })),
      { ...unknown, needs: [] },
    ]);
  });

  it('emits one deny event for insufficient scope, with the scopes of the rule and the token owner', async () => {
    const tested = await open();
    const johns = await tested.signIn(JOHN, 'read');
    const { access_token: clients } = await clientToken(tested, APPLICATION, 'read');
    tested.events.splice(0);
    await tested.get('/both', johns.access_token).expect(403);
    await tested.put('/orders/1', clients).expect(403);
    const denied = { ...atGuard, status: 403, reason: 'insufficient_scope' };
    const facts = { clientId: APPLICATION[0], organization: 'johnsorg', environment: 'production' };
    expect(tested.events).toStrictEqual([
      { ...denied, needs: ['read', 'update'], ...facts, subject: JOHN[0], grantId: grantIdOf(johns.access_token) },
      { ...denied, needs: ['update'], ...facts, grantId: grantIdOf(clients) },
    ]);
  });

  it('emits one deny event for a method without a rule, and one for a non-canonical path', async () => {
    const { gate, events } = await open();
    const app = express();
    app.use(gate.canonicalPaths());
    app.use('/orders', gate.requireScope({ GET: 'read' }));
    await request(app).delete('/orders').expect(405);
    const { port } = await serve(app);
    const answer = await sendRaw(port, rawRequest(['GET /a/../orders HTTP/1.1', 'Host: gateway', 'Connection: close']));
    expect(answer.status).toBe(400);
    expect(events).toStrictEqual([
      { ...atGuard, status: 405, reason: 'method_not_allowed' },
      { ...atGuard, status: 400, reason: 'not_canonical' },
    ]);
  });

  it('emits the API that refused, and the reason', async () => {
    const tested = anApiGate({
      ...(await freshStore()),
      clock: aClock(NOW).now,
      applications: subscribing('orders').map((application) => ({
        ...application,
        scopes: ['read'] as const,
        sandbox: { consumerKey: OTHER[0], consumerSecret: OTHER[1] },
      })),
    });
    const { access_token: token } = await tested.signIn(APPLICATION, 'read');
    const { access_token: sandbox } = await tested.signIn(OTHER, 'read');
    const events = recordEvents(tested.gate);
    const orders = { ...atGuard, api: 'orders' };
    const facts = { clientId: APPLICATION[0], subject: JOHN[0], organization: 'johnsorg', environment: 'production' };
    const johns = { ...facts, grantId: grantIdOf(token) };
    const sandboxed = { ...facts, clientId: OTHER[0], environment: 'sandbox', grantId: grantIdOf(sandbox) };

    await tested.get('/stock', token).expect(403);
    await tested.get('/orders', sandbox).expect(403);
    await tested.put('/orders/1', token).expect(403);
    await tested.get('/orders', 'nonsense').expect(401);
    expect(events.splice(0)).toStrictEqual([
      { ...atGuard, api: 'stock', status: 403, reason: 'not_subscribed', needs: ['read'], ...johns },
      { ...orders, status: 403, reason: 'no_sandbox', needs: ['read'], ...sandboxed },
      { ...orders, status: 403, reason: 'insufficient_scope', needs: ['update'], ...johns },
      { ...orders, status: 401, reason: 'invalid_token', needs: ['read'] },
    ]);

    await tested.get('/orders').expect(401);
    await tested.get('/orders/a/b', token).expect(404);
    await tested.post('/orders', token).expect(405);
    await tested.get('/orders/%2e%2e', token).expect(400);
    await tested.get('/orders/open', 'nonsense').expect(200);
    expect(events).toStrictEqual([
      { ...orders, status: 401, reason: 'no_token' },
      { ...orders, status: 404, reason: 'not_found' },
      { ...orders, status: 405, reason: 'method_not_allowed' },
      { ...orders, status: 400, reason: 'not_canonical' },
    ]);
  });

  it.each(['token', 'revoke', 'introspect'] as const)(
    'emits one deny event when the %s endpoint refuses before the client is authenticated',
    async (place) => {
      const tested = await open();
      const path = `/${place}`;
      const form = place === 'token' ? passwordForm(JOHN) : { token: 'nonsense' };
      const denied = { type: 'deny', place, at: NOW };
      await request(tested.app).get(path).expect(405);
      await request(tested.app)
        .post(path)
        .auth(...APPLICATION)
        .send({})
        .expect(415);
      await post(tested, `${path}?a=b&client_secret=x`, form).expect(400);
      await request(tested.app).post(path).type('form').send(form).expect(401);
      await post(tested, path, form, [APPLICATION[0], 'wrong']).expect(401);
      await post(tested, path, form, ['nobody', 'wrong']).expect(401);
      expect(tested.events).toStrictEqual([
        { ...denied, status: 405, reason: 'invalid_request' },
        { ...denied, status: 415, reason: 'invalid_request' },
        { ...denied, status: 400, reason: 'invalid_request' },
        ...Array.from({ length: 3 }, () => ({ ...denied, status: 401, reason: 'invalid_client' })),
      ]);
    },
  );

  it('emits one deny event, with the client, for each refusal by the token endpoint', async () => {
    const tested = await open({ ungrantedScopes: 'reject' });
    const { id: _id, keys, clientId } = await aMadeApplication(tested, { grantTypes: ['client_credentials'] });
    const denied = { type: 'deny', place: 'token', status: 400, clientId: APPLICATION[0], at: NOW };
    const codes = {
      invalid_grant: passwordForm([JOHN[0], 'wrong']),
      unsupported_grant_type: { grant_type: 'implicit' },
      invalid_scope: passwordForm(JOHN, 'admin'),
      invalid_request: { grant_type: 'password' },
    };
    for (const [reason, form] of Object.entries(codes)) {
      await tested.token(form).expect(400);
      expect(tested.events.splice(0)).toStrictEqual([{ ...denied, reason }]);
    }
    await tested.token(passwordForm(JOHN), keys).expect(400);
    expect(tested.events).toStrictEqual([{ ...denied, reason: 'unauthorized_client', clientId }]);
  });

  it('emits one deny event, with the client, for each refusal by revocation and introspection', async () => {
    const tested = await open(withApplications(OTHER));
    const { access_token: token } = await tested.signIn();
    tested.events.splice(0);
    await post(tested, '/revoke', {}).expect(400);
    await post(tested, '/revoke', { token }, OTHER).expect(400);
    await post(tested, '/introspect', {}).expect(400);
    await post(tested, '/introspect', { token }, OTHER).expect(200, { active: false }); // an answer, and no refusal
    const denied = { type: 'deny', status: 400, at: NOW };
    expect(tested.events).toStrictEqual([
      { ...denied, place: 'revoke', reason: 'invalid_request', clientId: APPLICATION[0] },
      { ...denied, place: 'revoke', reason: 'unauthorized_client', clientId: OTHER[0] },
      { ...denied, place: 'introspect', reason: 'invalid_request', clientId: APPLICATION[0] },
    ]);
  });

  it('emits one deny event for an internal error', async () => {
    const tested = await open({ organizations: [], applications: [], users: () => Promise.reject(new Error('down')) });
    const { keys, clientId } = await aMadeApplication(tested, { owner: 'ana' });
    await tested.token(passwordForm(['ana', 'any']), keys).expect(503);
    await tested.token(clientForm(), keys).expect(200);
    expect(tested.events).toMatchObject([
      { type: 'deny', place: 'token', status: 503, reason: 'users_failed', clientId },
      { type: 'issue' },
    ]);
  });
});
