import express, { type RequestHandler } from 'express';
import request from 'supertest';
import { scopegate } from 'scopegate';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { createTokenService } from '../../src/tokens/token-service';
import type { TokenStore } from '../../src/tokens/token-store';
import { ignoreEvents } from '../support/gate/ignored-events';
import { aClock } from '../support/time/clock';
import { aGate, JOHN, recordedLogger, type TestGate, subscribing, gateOptions } from '../support/gate/gate';
import { aGuard, aLiveToken } from '../support/gate/guard-harness';
import { exchangeRaw, rawRequest, sendRaw, serve, valuesOf, type RawResponse } from '../support/http/raw-http';
import { passwordForm } from '../support/tokens/forms';
import { readChallenge } from '../support/http/challenge';

/** Every challenge of a response, as one object with the scheme and the parameters. */
const challengesOf = (answer: Pick<RawResponse, 'headers'>) =>
  valuesOf(answer, 'www-authenticate')
    .map(readChallenge)
    .map(({ scheme, parameters }) => ({ scheme, ...parameters }));

describe('a guard and the request method', () => {
  let gate: TestGate;
  let token: string;
  let app: express.Express;
  let port: number;
  let served: string[];
  const handler: RequestHandler = (incoming, response) => {
    served.push(incoming.method);
    response.json({ served: true });
  };
  beforeAll(async () => {
    gate = aGate({
      applications: subscribing('orders'),
      apis: { orders: { context: '/api', resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] } },
    });
    const { requireScope, requireToken, api } = gate.gate;
    app = express();
    app.use('/used', requireScope('read'), handler);
    app.all('/all', requireToken(), handler);
    app.get('/got', requireScope('read'), handler);
    app.use('/mapped', requireScope({ GET: 'read', POST: 'update' }), handler);
    app.use('/api', api('orders'), handler);
    ({ port } = await serve(app));
    ({ access_token: token } = await gate.signIn(undefined, 'read'));
  });
  beforeEach(() => {
    served = [];
  });

  it('S-205 guards OPTIONS like any other method, including real preflights', async () => {
    const preflight = (path: string) =>
      request(app).options(path).set('Origin', 'https://app.test').set('Access-Control-Request-Method', 'GET');
    for (const path of ['/used', '/all']) {
      await preflight(path).expect(401);
      await request(app).options(path).expect(401);
      await preflight(path).auth('wrong', { type: 'bearer' }).expect(401);
    }
    await preflight('/mapped').expect(405).expect('Allow', 'GET, HEAD, POST');
    await preflight('/api').expect(405).expect('Allow', 'GET, HEAD');
    await preflight('/got'); // Express itself answers which methods there are
    expect(served).toEqual([]);
    await preflight('/used').auth(token, { type: 'bearer' }).expect(200);
    expect(served).toEqual(['OPTIONS']);
  });

  it.each(['/used', '/all', '/got', '/mapped', '/api'])('S-206 guards HEAD of %s like GET', async (path) => {
    await request(app)
      .head(path)
      .expect(401)
      .expect('WWW-Authenticate', /^Bearer realm="[^"]+"/);
    await request(app).head(path).auth('wrong', { type: 'bearer' }).expect(401);
    expect(served).toEqual([]);
    await request(app).head(path).auth(token, { type: 'bearer' }).expect(200);
    expect(served).toEqual(['HEAD']);
  });

  it('S-206 guards HEAD with the scope of GET', async () => {
    const { access_token: without } = await gate.signIn(undefined, '');
    for (const path of ['/used', '/got', '/mapped', '/api']) {
      await request(app).head(path).auth(without, { type: 'bearer' }).expect(403);
    }
    await request(app).post('/mapped').auth(token, { type: 'bearer' }).expect(403);
    await request(app).delete('/mapped').auth(token, { type: 'bearer' }).expect(405);
    expect(served).toEqual([]);
  });

  it.each(['TRACE', 'PROPFIND', 'DELETE', 'M-SEARCH'])('S-206 guards the unusual method %s', async (method) => {
    for (const path of ['/used', '/all']) {
      const { status } = await sendRaw(port, rawRequest([`${method} ${path} HTTP/1.1`, 'Host: x']));
      expect(status).toBe(401);
    }
    expect(served).toEqual([]);
  });

  it.each([
    ['websocket', ['Upgrade: websocket', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13']],
    ['h2c', ['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']],
  ])('S-207 treats an upgrade to %s as a plain guarded request', async (_name, upgrade) => {
    const get = (...lines: readonly string[]) =>
      sendRaw(port, rawRequest(['GET /used HTTP/1.1', 'Host: x', 'Connection: Upgrade', ...upgrade, ...lines]));
    expect(await get()).toMatchObject({ status: 401 });
    expect(served).toEqual([]);
    expect(await get(`Authorization: Bearer ${token}`)).toMatchObject({ status: 200 });
  });

  it('S-207 refuses CONNECT, with or without a token', async () => {
    for (const lines of [[], [`Authorization: Bearer ${token}`]]) {
      const bytes = rawRequest(['CONNECT 127.0.0.1:443 HTTP/1.1', 'Host: x', ...lines]);
      const { responses, closed } = await exchangeRaw(port, bytes, { untilClosed: true });
      expect(responses.map(({ status }) => status).filter((status) => status < 400)).toEqual([]);
      expect(closed).toBe(true);
    }
    expect(served).toEqual([]);
  });
});

describe('the challenge of a guard', () => {
  it.each(['a"b', 'a\\b', 'a\r\nX: y', 'ä', ''])('S-208 cannot have the realm %j', (realm) => {
    const { logger } = recordedLogger();
    expect(() => scopegate({ ...gateOptions(logger), realm })).toThrow(/realm/);
  });

  it.each(['a"b', 'a\\b', 'a b', 'a\r\nb', 'ä', ''])('S-208 cannot have the scope %j', (scope) => {
    const { logger } = recordedLogger();
    const declared = { ...gateOptions(logger), scopes: { [scope]: 'a scope' } };
    expect(() => scopegate<string>({ ...declared, applications: [] })).toThrow(/scopes/);
  });

  it('S-208 can be parsed with any allowed realm and scopes', async () => {
    const { logger } = recordedLogger();
    const realm = "The orders, of John's & Co. = all; <b>";
    const scopes = ["!#$%&'()*+,-./:;<=>?@[]^_`{|}~", 'a=b,c'];
    const gate = scopegate<string>({
      ...gateOptions(logger),
      realm,
      scopes: Object.fromEntries(scopes.map((scope) => [scope, 'a scope'])),
    });
    const app = express();
    app.use(gate.routes());
    app.get('/both', gate.requireScope(scopes[0] ?? '', scopes[1] ?? ''));
    const { port } = await serve(app);
    const get = (...lines: readonly string[]) => sendRaw(port, rawRequest(['GET /both HTTP/1.1', 'Host: x', ...lines]));
    const form = passwordForm(['john@gmail.com@johnsorg', 'john-password']);
    const { body } = await request(app).post('/token').auth('key', 'secret').type('form').send(form).expect(200);
    const { access_token: token } = body as { readonly access_token: string };

    expect(challengesOf(await get())).toEqual([expect.objectContaining({ scheme: 'Bearer', realm })]);
    expect(challengesOf(await get('Authorization: Bearer x'))).toEqual([
      expect.objectContaining({ realm, error: 'invalid_token', error_description: expect.any(String) }),
    ]);
    expect(challengesOf(await get(`Authorization: Bearer ${token}`))).toEqual([
      expect.objectContaining({ realm, error: 'insufficient_scope', scope: scopes.join(' ') }),
    ]);
    await gate.close();
  });

  it('S-209 occurs once, however many guards a request passes', async () => {
    const { gate, signIn } = aGate();
    const app = express();
    app.use(gate.requireToken(), gate.requireScope('read'));
    app.get('/admin', gate.requireScope('admin'), gate.requireScope('admin'), gate.requireToken());
    const { port } = await serve(app);
    const { access_token: token } = await signIn(undefined, 'read');
    const get = (...lines: readonly string[]) =>
      sendRaw(port, rawRequest(['GET /admin HTTP/1.1', 'Host: x', ...lines]));
    for (const lines of [[], ['Authorization: Bearer x'], [`Authorization: Bearer ${token}`]]) {
      expect(challengesOf(await get(...lines))).toHaveLength(1);
    }
  });
});

describe('the result of gate.auth', () => {
  const forged = { scopes: ['admin'], subject: 'admin', clientId: 'forged' };

  it('S-204 describes only the token, ignores what was on the request, and adds nothing to the request', async () => {
    const { gate, signIn } = aGate();
    const { access_token: token } = await signIn(JOHN, 'read');
    const app = express();
    app.use((incoming, _response, next) => {
      Object.assign(incoming, { user: forged, auth: forged });
      next();
    });
    app.get('/me', gate.requireToken(), (incoming, response) => void response.json(gate.auth(incoming)));
    const { body } = await request(app).get('/me').auth(token, { type: 'bearer' }).expect(200);
    expect(body).toMatchObject({ subject: JOHN[0], clientId: 'key', scopes: ['read'] });

    const bare = express();
    bare.get('/names', gate.requireToken(), (incoming, response) => {
      response.json(['user', 'auth', 'authInfo', 'token', 'scopes'].filter((name) => name in incoming));
    });
    await request(bare).get('/names').auth(token, { type: 'bearer' }).expect(200, []);
  });

  it('S-204 is frozen, belongs to one request, and is gone when a second guard refuses', async () => {
    const { gate, signIn } = aGate();
    const { access_token: token } = await signIn(JOHN, 'read');
    const found: unknown[] = [];
    const app = express();
    app.use(gate.requireToken(), (incoming, _response, next) => {
      const auth = gate.auth(incoming);
      found.push(Object.isFrozen(auth), Object.isFrozen(auth.scopes), gate.findAuth(Object.create(incoming)));
      next();
    });
    app.use((incoming, response, next) => {
      response.on('finish', () => found.push(gate.findAuth(incoming)));
      next();
    });
    app.get('/admin', gate.requireScope('admin'));
    await request(app).get('/admin').auth(token, { type: 'bearer' }).expect(403);
    expect(found).toEqual([true, true, undefined, undefined]);
  });
});

describe('the look-up of a token', () => {
  it('S-210 sends the store a digest, never the token or a part of its secret', async () => {
    const now = aClock().now();
    const asked: unknown[] = [];
    const store: TokenStore = new MemoryTokenStore({ clock: () => now, maxGrants: 1 });
    const { find } = store;
    store.find = (grantId, digest) => {
      asked.push(grantId, digest);
      return find.call(store, grantId, digest);
    };
    const lifetimes = { accessTokenLifetime: 1, refreshTokenLifetime: 1, grantLifetime: 1, refreshGrace: 0 };
    const { app } = aGuard(createTokenService(store, { lifetimes, clock: () => now, emit: ignoreEvents }).find);
    const { text, record } = aLiveToken(now);
    await store.save(record);
    await request(app).get('/guarded').auth(text, { type: 'bearer' }).expect(200);
    expect(asked).toEqual([record.grantId, record.digest]);

    // Of two secrets that begin alike, nothing alike is left to compare.
    const secret = text.slice(20, 63);
    expect(asked.join()).not.toContain(secret.slice(0, 8));
  });
});
