import { createHash } from 'node:crypto';
import express from 'express';
import { Registry, type OpenMetricsContentType } from 'prom-client';
import request from 'supertest';
import { scopegate, type GateEvent, type ThrottleOptions } from 'scopegate';
import { everyStore, type StoreOptions } from '../support/stores/every-store';
import { cheapPasswords, closeAtEnd, recordedLogger, type Pair, type TokenBody } from '../support/gate/gate';
import { recordEvents, recordChannels } from '../support/gate/recorded-events';
import { canary, canaries, printed, type Canaries } from '../support/gate/canary-gate';
import { capturedOutput, secretsIn } from '../support/expect/secrets';
import { passwordForm, clientForm, refreshForm } from '../support/tokens/forms';

/** Digests of a text, in the ways in which one would be written. */
const digestsOf = (secret: string): readonly string[] =>
  (['hex', 'base64', 'base64url'] as const).map((encoding) =>
    createHash('sha256').update(secret).digest().subarray(0, 24).toString(encoding),
  );

/** The secrets whose text or digest occurs in the text, in any notation. */
const tracesIn = (text: string, secrets: readonly string[]): readonly string[] =>
  secrets.filter((secret) => secretsIn(text, [secret, ...digestsOf(secret)]).length > 0);

/** A gate whose every word is kept: its log, its events by both ways, and its metrics. */
const aRecordedGate = (
  { key, secret, user, password }: Canaries,
  store: StoreOptions,
  throttle: ThrottleOptions = {},
) => {
  const { logger, lines } = recordedLogger();
  const registry = new Registry();
  const gate = closeAtEnd(
    scopegate({
      ...store,
      issuer: 'http://127.0.0.1',
      scopes: { read: 'See', update: { description: 'Change', roles: ['clerk'], recheckRoles: true }, audit: 'Look' },
      apis: {
        orders: {
          resources: [
            { path: '/', methods: ['GET'], scopes: ['read'] },
            { path: '/:id', methods: ['PUT'], scopes: ['update'] },
          ],
        },
        stock: { resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
      },
      users: [{ username: user, password, roles: ['clerk'] }],
      applications: [{ name: 'App', consumerKey: key, consumerSecret: secret, subscriptions: ['orders'] }],
      tokens: { refreshGrace: 1 },
      // High enough that requests reach places where secrets could leak, and low enough to cause throttle events.
      throttle: {
        accountAndAddress: { failures: 2 },
        clientAndAddress: { failures: 10_000 },
        address: { failures: 10_000 },
        unknownTokens: { failures: 5 },
        ...throttle,
      },
      passwords: cheapPasswords,
      metrics: registry,
      logger,
    }),
  );
  const app = express();
  app.use(gate.routes(), gate.canonicalPaths());
  for (const name of ['orders', 'stock'] as const) {
    app.use(`/${name}`, gate.api(name), (_request, response) => {
      response.json({});
    });
  }
  const events = recordEvents(gate);
  gate.on('issue', () => Promise.reject(new Error('a listener')));
  gate.on('deny', () => {
    throw new Error('a listener');
  });
  const printMetrics = async (): Promise<string> => {
    const json = JSON.stringify(await registry.getMetricsAsJSON());
    const text = await registry.metrics();
    const open = new Registry<OpenMetricsContentType>();
    open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    for (const metric of registry.getMetricsAsArray()) open.registerMetric(metric as never);
    return [json, text, await open.metrics()].join('\n');
  };
  return { gate, app, lines, events, printMetrics };
};

type RecordedGate = ReturnType<typeof aRecordedGate>;

const ENDPOINTS = ['/token', '/revoke', '/introspect'] as const;

/** Every kind of request with a text in every place that a request has. */
const sendEverywhere = async (
  { app }: RecordedGate,
  text: string,
  [key, secret]: Pair,
  signIn: object,
): Promise<void> => {
  const encoded = encodeURIComponent(text);
  const fields = [
    'username',
    'password',
    'scope',
    'grant_type',
    'refresh_token',
    'token',
    'client_id',
    'client_secret',
  ];
  for (const path of ENDPOINTS) {
    const right = path === '/token' ? signIn : { token: 'x' };
    for (const field of [...fields, 'token_type_hint', 'validity_period', 'redirect_uri']) {
      await request(app)
        .post(path)
        .type('form')
        .auth(key, secret)
        .send({ ...right, [field]: text });
      await request(app)
        .post(path)
        .type('form')
        .send({ ...right, [field]: text });
      await request(app).post(`${path}?${field}=${encoded}`).type('form').auth(key, secret).send(right);
    }
    await request(app).post(path).type('form').auth(text, text).send(right);
    await request(app).post(path).type('form').auth(key, text).send(right);
    for (const line of [`Bearer ${text}`, `Basic ${text}`, `Basic ${encoded}`, text])
      await request(app).post(path).type('form').set('Authorization', line).send(right);
    await request(app)
      .post(path)
      .type('json')
      .auth(key, secret)
      .send({ ...right, password: text });
    await request(app).post(path).type(`text/${encoded}`).auth(key, secret).send(text);
    await request(app).get(`${path}?token=${encoded}`);
  }
  for (const path of ['/orders', '/stock', `/orders/${encoded}`, `/orders/a/${encoded}`, `/${encoded}`]) {
    for (const line of [`Bearer ${text}`, `Bearer ${encoded}`, `Basic ${text}`, text])
      await request(app).get(path).set('Authorization', line);
    await request(app).put(`${path}?access_token=${encoded}&token=${encoded}`).auth(encoded, { type: 'bearer' });
    await request(app).get(`${path}/../x`).set('Cookie', `token=${encoded}`).set('Referer', `http://x/${encoded}`);
  }
};

/** Regular use by clients, users and management; returns the tokens and secrets that it produced. */
const useRightly = async (
  { gate, app }: RecordedGate,
  { key, secret, user, password }: Canaries,
): Promise<readonly string[]> => {
  const client: Pair = [key, secret];
  const post = (path: string, form: object, [id, word] = client) =>
    request(app).post(path).type('form').auth(id, encodeURIComponent(word)).send(form);
  const bodyOf = async (form: object, as: Pair = client): Promise<TokenBody> =>
    (await post('/token', form, as).expect(200)).body as TokenBody;

  const first = await bodyOf(passwordForm([user, password], 'read update'));
  const second = await bodyOf(refreshForm(first.refresh_token));
  await bodyOf(refreshForm(first.refresh_token)); // replay
  const own = await bodyOf(clientForm('read'));
  const managed = await gate.tokens.issue({ clientId: key, subject: user, scopes: ['read'] });
  const access = { Authorization: `Bearer ${second.access_token}` };
  await request(app).get('/orders').set(access).expect(200);
  await request(app).get('/stock').set(access).expect(403);
  await request(app).put('/orders/1').set('Authorization', `Bearer ${own.access_token}`).expect(403);
  await request(app).put(`/orders/1?access_token=${second.access_token}`).set(access).expect(400);
  for (const token of [second.access_token, second.refresh_token]) await post('/introspect', { token }).expect(200);
  for (const token of [second.access_token, second.refresh_token, 'nonsense'])
    for (const path of ['/orders', `/${token}`, `/orders?x=${token}`])
      await gate.explain(token, { method: 'PUT', path });
  await bodyOf(refreshForm(second.refresh_token)); // closes the window of the first
  await post('/token', refreshForm(first.refresh_token)).expect(400); // reuse
  const third = await bodyOf(passwordForm([user, password], 'read'));
  await post('/revoke', { token: third.refresh_token }).expect(200);
  await gate.tokens.revoke({ token: managed.accessToken });
  await gate.tokens.revoke({ user });

  const { users, applications } = gate.directory;
  const [before, behind, given] = [canary('before'), canary('behind'), canary('given')];
  await users.create({ username: 'sam', password: before });
  await users.setPassword('sam', behind);
  const { id } = await applications.create({ name: 'Made', owner: 'sam' });
  const made = await applications.generateKeys(id, { environment: 'production', clientSecret: given });
  const sams = await bodyOf(passwordForm(['sam', behind]), [made.clientId, given]);
  await applications.revokeSecret(id, made.secretId);
  for (let times = 0; times < 4; times += 1) await post('/token', passwordForm(['sam', given]));
  return [
    ...[password, secret, before, behind, given],
    ...[Buffer.from(`${key}:${encodeURIComponent(secret)}`).toString('base64')],
    ...[managed.accessToken, managed.refreshToken ?? ''],
    ...[first, second, third, sams].flatMap((pair) => [pair.access_token, pair.refresh_token]),
    own.access_token,
  ];
};

/** A token, and the part of it that no event may contain: grant ids are allowed. */
const withSecretParts = (secrets: readonly string[]): readonly string[] =>
  secrets.flatMap((secret) => (/^sg[ar]_/.test(secret) ? [secret, secret.slice(20)] : [secret]));

describe('the search for digests', () => {
  it('finds a secret by its digest in every notation', () => {
    for (const digest of digestsOf('secret'))
      expect(tracesIn(`before ${digest} behind`, ['secret'])).toEqual(['secret']);
    expect(tracesIn('before behind', ['secret'])).toEqual([]);
  });
});

describe.each(everyStore)('the output of a gate over %s', (_name, freshStore) => {
  it('S-170 S-171 contains no secret in any form in an event, channel, metric or log line', async () => {
    const names = canaries();
    const wrong = canary('wrong');
    const multiline = `${canary('line')}\r\n{"level":"error"}\u2028\u001B[2J`;
    const messages = recordChannels();
    let secrets: readonly string[] = [];
    let logged: readonly string[] = [];
    let events: readonly GateEvent[] = [];
    const output = await capturedOutput(async () => {
      const gate = aRecordedGate(names, await freshStore());
      secrets = withSecretParts([...(await useRightly(gate, names)), wrong, multiline]);
      const client: Pair = [names.key, encodeURIComponent(names.secret)];
      const signIn = passwordForm([names.user, names.password], 'read');
      const { body } = await request(gate.app)
        .post('/token')
        .type('form')
        .auth(...client)
        .send(signIn)
        .expect(200);
      const { access_token: live, refresh_token: refreshing } = body as TokenBody;
      for (const text of [wrong, names.password, names.secret, live, refreshing])
        await sendEverywhere(gate, text, client, signIn);
      secrets = [...secrets, ...withSecretParts([live, refreshing])];
      await request(gate.app)
        .post('/token')
        .type('form')
        .auth(...client)
        .send(passwordForm([multiline, multiline]));
      const counted = await gate.printMetrics();
      await gate.gate.close();
      events = gate.events;
      logged = [JSON.stringify(events), printed(gate.lines), counted];
    });
    const text = [...logged, JSON.stringify(messages), ...output].join('\n');

    expect(secrets.length).toBeGreaterThan(20);
    expect(tracesIn(text, secrets)).toEqual([]);
    // Shows that the output was captured at all: each place contains what it is allowed to contain.
    const types = new Set(events.map(({ type }) => type));
    expect(types).toEqual(new Set(['issue', 'refresh', 'replay', 'reuse', 'revoke', 'deny', 'throttle']));
    expect(messages).toHaveLength(events.length);
    expect(logged[0]).toContain(names.user);
    expect(logged[1]).toContain('A listener of gate.on() failed');
    expect(logged[2]).toContain('scopegate_throttled_total{rule="unknownTokens"}');
    expect(logged[2]).toContain('# TYPE scopegate_denied counter');
  }, 60_000);
});

it('S-099 S-170 events contain no text that a client sent in place of an address', async () => {
  const names = canaries();
  const gate = aRecordedGate(names, {}, { clientAndAddress: { failures: 2 } });
  gate.app.set('trust proxy', true); // a misconfiguration: every client chooses what the header contains
  const text = canary('address');
  for (let times = 0; times < 4; times += 1) {
    const sent = request(gate.app).post('/token').type('form').set('X-Forwarded-For', text);
    await sent.auth(names.key, 'wrong').send(passwordForm(['ana', 'x']));
  }
  expect(gate.events.map(({ type }) => type)).toContain('throttle');
  expect(tracesIn(JSON.stringify(gate.events), [text])).toEqual([]);
});
