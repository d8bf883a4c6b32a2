import express, { type RequestHandler } from 'express';
import fc from 'fast-check';
import request, { type Response, type Test } from 'supertest';
import { ConfigurationError, type ScopegateOptions } from 'scopegate';
import { openPage } from '../support/browser/chromium';
import { thrownBy } from '../support/expect/thrown';
import { aGate, APPLICATION, JOHN, subscribing, type TestGate, type TestScope } from '../support/gate/gate';
import { expresses } from '../support/gate/guard-harness';
import { serve } from '../support/http/raw-http';
import { assertProperty } from '../support/properties/property-runs';
import { ownRedis } from '../support/redis/redis';
import { passwordForm } from '../support/tokens/forms';

const APP = 'https://app.example';
const EVIL = 'https://evil.test';
const LISTED: ScopegateOptions['cors'] = { origins: [APP, 'http://localhost:5173'] };
const EXPOSED = 'WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy, Deprecation, Sunset, X-Request-Id';
const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';

const PASSWORD_FORM = passwordForm(JOHN);

const handler: RequestHandler = (_request, response) => void response.json({ served: true });

/** Adds a route of each kind to the app of a gate. */
const aCorsGate = (cors: ScopegateOptions['cors'], overrides: Partial<ScopegateOptions<TestScope>> = {}): TestGate => {
  const gate = aGate({
    applications: subscribing('orders'),
    apis: {
      orders: {
        context: '/api',
        resources: [
          { path: '/', methods: ['GET'], scopes: ['read'] },
          { path: '/:id', methods: ['PUT', 'DELETE'], scopes: ['update'] },
          { path: '/open', methods: ['GET'], public: true },
        ],
      },
    },
    ...(cors === undefined ? {} : { cors }),
    ...overrides,
  });
  const { requireScope, requireToken, api, canonicalPaths } = gate.gate;
  gate.app.use('/api', api('orders'), handler);
  gate.app.use('/used', requireScope('read'), handler);
  gate.app.use('/all', requireToken(), handler);
  gate.app.use('/mapped', requireScope({ GET: 'read', POST: 'update' }), handler);
  gate.app.use('/canonical', canonicalPaths(), handler);
  return gate;
};

const preflight = ({ app }: Pick<TestGate, 'app'>, path: string, origin = APP, method = 'GET'): Test =>
  request(app).options(path).set('Origin', origin).set('Access-Control-Request-Method', method);

/** The CORS headers of a response, and those on which it depends. */
const corsOf = ({ headers }: Pick<Response, 'headers'>) =>
  Object.fromEntries(
    Object.entries(headers as Readonly<Record<string, string>>).filter(
      ([name]) => name.startsWith('access-control-') || name === 'vary',
    ),
  );

const ALLOWED = { 'access-control-allow-origin': APP, 'access-control-expose-headers': EXPOSED, vary: 'Origin' };

describe('a preflight request', () => {
  it.each([
    ['/api', 'GET, HEAD'],
    ['/api/7', 'PUT, DELETE'],
    ['/api/open', 'GET, HEAD'],
    ['/mapped', 'GET, HEAD, POST'],
    ['/used', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
    ['/all', 'GET, HEAD, POST, PUT, PATCH, DELETE'],
    ['/token', 'POST'],
    ['/revoke', 'POST'],
  ])('S-169 S-205 to %s is answered without a token or a look-up, with the methods %s', async (path, methods) => {
    const answer = await preflight(aCorsGate(LISTED), path).set('Access-Control-Request-Headers', 'authorization,x-a');
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(corsOf(answer)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': 'authorization,x-a',
      'access-control-max-age': '600',
      vary: PREFLIGHT_VARY,
    });
  });

  it.each([
    ['a listed origin', LISTED],
    ['any origin', true],
  ] as const)('to the endpoints of a gate that allows %s may read all metadata, of any origin', async (_case, cors) => {
    const { app } = aCorsGate(cors);
    for (const path of ['oauth-authorization-server', 'oauth-protected-resource/api']) {
      const answer = await preflight({ app }, `/.well-known/${path}`, EVIL);
      expect([answer.status, corsOf(answer)]).toMatchObject([
        204,
        { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, HEAD' },
      ]);
    }
  });

  it('is answered with the usual headers if it names none, malformed ones, or too many', async () => {
    const gate = aCorsGate(true);
    for (const names of [undefined, '', 'a b', 'a,', ', ,', 'a:b', 'x'.repeat(1_001)]) {
      const sent = preflight(gate, '/api');
      const answer = await (names === undefined ? sent : sent.set('Access-Control-Request-Headers', names));
      expect([names, answer.headers['access-control-allow-headers']]).toEqual([names, 'Authorization, Content-Type']);
    }
  });

  it.each([
    ['/api/7/8', 404],
    ['/api//7', 400],
    ['/introspect', 405],
    ['/health/ready', 405],
    ['/.well-known/oauth-protected-resource/stock', 404],
  ])('to %s is refused with %i and no permission', async (path, status) => {
    const answer = await preflight(aCorsGate(true), path);
    expect(answer.status).toBe(status);
    expect(Object.keys(corsOf(answer)).filter((name) => name !== 'vary')).toEqual([]);
  });

  it('that is none, because it names no method or no origin, is guarded', async () => {
    const { app } = aCorsGate(true);
    await request(app).options('/used').expect(401);
    await request(app).options('/used').set('Origin', APP).expect(401);
    await request(app).options('/used').set('Access-Control-Request-Method', 'GET').expect(401);
    await request(app).get('/used').set('Origin', APP).set('Access-Control-Request-Method', 'GET').expect(401);
  });

  it('is noted for the access log with the API and the resource', async () => {
    const gate = aGate({
      cors: true,
      apis: { orders: { resources: [{ path: '/:id', methods: ['PUT'], scopes: ['read'] }] } },
    });
    const facts: unknown[] = [];
    gate.app.use((incoming, _response, next) => {
      facts.push(gate.gate.observe(incoming));
      next();
    });
    gate.app.use('/orders', gate.gate.api('orders'));
    gate.app.use('/used', gate.gate.requireToken());
    await preflight(gate, '/orders/7').expect(204);
    await preflight(gate, '/used').expect(204);
    expect(facts).toEqual([{ place: 'guard', api: 'orders', resource: '/:id' }, { place: 'guard' }]);
  });
});

describe('a response', () => {
  it('of the token endpoint and of guards, refusals included, may be read by a script of a listed origin', async () => {
    const gate = aCorsGate(LISTED, { throttle: { clientAndAddress: { failures: 1 } } });
    const { access_token: token } = await gate.signIn(undefined, 'read');
    const answers = [
      await gate.token(PASSWORD_FORM).set('Origin', APP).expect(200),
      await gate.token({}).set('Origin', APP).expect(400),
      await request(gate.app).get('/token').set('Origin', APP).expect(405),
      await gate.postTo('/revoke', { token: 'x' }).set('Origin', APP).expect(200),
      await gate.get('/api', token).set('Origin', APP).expect(200),
      await gate.get('/api').set('Origin', APP).expect(401),
      await gate.put('/api/7', token).set('Origin', APP).expect(403),
      await gate.get('/api/7/8', token).set('Origin', APP).expect(404),
      await gate.put('/api', token).set('Origin', APP).expect(405),
      await gate.get('/api/open').set('Origin', APP).expect(200),
      await gate.get('/used').set('Origin', APP).expect(401),
      await gate.get('/mapped', token).set('Origin', APP).expect(200),
      await gate.get('/orders', token).set('Origin', APP).expect(200),
      await gate.get('/canonical//x').set('Origin', APP).expect(400),
      await gate.token(PASSWORD_FORM, ['key', 'wrong']).set('Origin', APP).expect(401),
      await gate.token(PASSWORD_FORM, ['key', 'wrong']).set('Origin', APP).expect(429),
    ];
    for (const answer of answers) expect(corsOf(answer)).toEqual(ALLOWED);
  });

  it('of a guard that cannot read the store may be read as well', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const gate = aCorsGate(LISTED, { cache: false, redis });
    const { access_token: token } = await gate.signIn();
    redis.disconnect();
    await server.stop();
    expect(corsOf(await gate.get('/api', token).set('Origin', APP).expect(503))).toEqual(ALLOWED);
  });

  it.each(['/introspect', '/health/live', '/open', '/canonical/x'])(
    'of %s gets no permission, because no guard and no open endpoint is there',
    async (path) => {
      const { app } = aCorsGate(true);
      expect(corsOf(await request(app).get(path).set('Origin', APP))).toEqual({});
    },
  );

  it.each([EVIL, 'null', 'https://app.example.evil.test', 'HTTPS://app.example', 'https://app.example:443', `${APP}/`])(
    'S-168 to a request from %s has no permission and is otherwise the same',
    async (origin) => {
      const gate = aCorsGate(LISTED);
      const { access_token: token } = await gate.signIn(undefined, 'read');
      for (const sent of [() => gate.get('/api', token), () => gate.get('/api'), () => gate.token({})]) {
        const [foreign, plain] = [await sent().set('Origin', origin), await sent()];
        expect(corsOf(foreign)).toEqual({ vary: 'Origin' });
        expect([foreign.status, foreign.text]).toEqual([plain.status, plain.text]);
      }
      const refused = await preflight(gate, '/used', origin);
      expect([refused.status, corsOf(refused)]).toEqual([401, { vary: PREFLIGHT_VARY }]);
    },
  );

  it('may be read by any origin with `cors: true`, without credentials, and depends on no origin', async () => {
    const gate = aCorsGate(true);
    const any = { 'access-control-allow-origin': '*', 'access-control-expose-headers': EXPOSED };
    for (const origin of [APP, EVIL, 'null']) {
      expect(corsOf(await gate.get('/api').set('Origin', origin).expect(401))).toEqual(any);
    }
    expect(corsOf(await gate.get('/api').expect(401))).toEqual(any);
  });

  it('allows credentials only if the option says so', async () => {
    const gate = aCorsGate({ origins: [APP], credentials: true, maxAge: 60 });
    const credentials = { 'access-control-allow-credentials': 'true' };
    expect(corsOf(await gate.get('/api').set('Origin', APP))).toEqual({ ...ALLOWED, ...credentials });
    expect(corsOf(await preflight(gate, '/api'))).toMatchObject({ ...credentials, 'access-control-max-age': '60' });
    expect(corsOf(await gate.get('/api').set('Origin', EVIL))).toEqual({ vary: 'Origin' });
  });

  it.each([
    [undefined, 'Origin'],
    ['Accept-Encoding', 'Accept-Encoding, Origin'],
    ['origin', 'origin'],
    ['*', '*'],
    [['Accept', 'Cookie'], 'Accept, Cookie, Origin'],
  ])('whose host has set Vary to %p has %p', async (present, expected) => {
    const gate = aGate({ cors: LISTED });
    const app = express();
    app.use((_request, response, next) => {
      if (present !== undefined) response.setHeader('Vary', present);
      next();
    }, gate.gate.requireToken());
    expect((await request(app).get('/').set('Origin', APP).expect(401)).headers['vary']).toBe(expected);
  });

  it('keeps the decision of a host application that has set the headers before', async () => {
    const gate = aGate({ cors: { origins: [APP], credentials: true } });
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader('Access-Control-Allow-Origin', 'https://host.example');
      next();
    }, gate.gate.requireToken());
    expect(corsOf(await request(app).get('/').set('Origin', APP).expect(401))).toEqual({
      'access-control-allow-origin': 'https://host.example',
    });
  });

  it.each([undefined, false] as const)('is the same as without CORS with `cors: %p`', async (cors) => {
    const gate = aCorsGate(cors);
    for (const path of ['/api', '/used', '/token']) {
      expect(corsOf(await request(gate.app).get(path).set('Origin', APP))).toEqual({});
    }
    await preflight(gate, '/used').expect(401);
    await preflight(gate, '/api').expect(405);
  });

  it('never names an origin that is not listed, whatever a request sends', async () => {
    const gate = aCorsGate({ origins: [APP, 'http://localhost:5173'], credentials: true });
    const { port } = await serve(gate.app);
    const origin = fc.oneof(
      fc.constantFrom(EVIL, 'null', '*', APP, `${APP}.evil.test`, `${APP}, ${EVIL}`, 'http://localhost:5174'),
      fc.webUrl(),
      fc.string({ maxLength: 40 }).map((text) => text.replace(/[^\x21-\x7E]/g, '')),
    );
    const path = fc.constantFrom('/token', '/revoke', '/api', '/api/7', '/used', '/mapped', '/introspect', '/orders');
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'OPTIONS');
    await assertProperty(
      fc.asyncProperty(origin, path, method, fc.boolean(), async (text, target, verb, asks) => {
        const headers = { Origin: text, ...(asks ? { 'Access-Control-Request-Method': 'PUT' } : {}) };
        const answer = await request(`http://127.0.0.1:${port}`)[verb.toLowerCase() as 'get'](target).set(headers);
        const allowed: unknown = answer.headers['access-control-allow-origin'];
        expect([undefined, APP, 'http://localhost:5173']).toContain(allowed);
        if (allowed !== undefined) expect(allowed).toBe(text);
        else expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
      }),
    );
  });
});

describe.each(expresses)('gate.cors() in %s', (_name, makeApp) => {
  const open = (cors: ScopegateOptions['cors']) => {
    const { gate } = aGate(cors === undefined ? {} : { cors });
    const app = makeApp();
    app.use(gate.routes());
    app.use(gate.cors());
    app.get('/orders', gate.requireScope('read'), handler);
    app.get('/open', handler);
    return app;
  };

  it('answers preflight requests for routes that Express does not pass OPTIONS to', async () => {
    const app = open(LISTED);
    expect(corsOf(await preflight({ app }, '/orders').expect(204))).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    });
    const refused = await preflight({ app }, '/orders', EVIL);
    expect(corsOf(refused)).toEqual({ vary: PREFLIGHT_VARY });
  });

  it('lets scripts read the routes behind it, with a guard or without one', async () => {
    const app = open(LISTED);
    expect(corsOf(await request(app).get('/orders').set('Origin', APP).expect(401))).toEqual(ALLOWED);
    expect(corsOf(await request(app).get('/open').set('Origin', APP).expect(200))).toEqual(ALLOWED);
    expect(corsOf(await request(app).get('/open').set('Origin', EVIL).expect(200))).toEqual({ vary: 'Origin' });
  });

  it('throws without the option, and says how to set it', () => {
    const thrown = thrownBy(() => open(undefined)) as ConfigurationError;
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect(thrown.message).toContain("write cors: true, or cors: { origins: ['https://app.example'] }");
  });
});

it('a response object that fails while the headers are set ends the request, and no route runs', async () => {
  const { gate } = aGate({ cors: true });
  let served = 0;
  const app = express();
  app.use((_request, response, next) => {
    response.setHeader = () => {
      throw undefined; // eslint-disable-line @typescript-eslint/only-throw-error -- as a broken host may do
    };
    next();
  }, gate.requireToken());
  app.use((_request, response) => {
    served += 1;
    response.end();
  });
  await expect(request(app).get('/')).rejects.toThrow('socket hang up');
  expect(served).toBe(0);
});

it('a page on another origin gets a token, calls a guarded route and reads the challenge of a refusal', async () => {
  const page = await serve((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end('<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><p>App</p></html>');
  });
  const gate = aCorsGate({ origins: [page.url] });
  const { url } = await serve(gate.app);
  const browser = await openPage({ expectedStatuses: [401] });
  await browser.page.goto(page.url);
  const body = new URLSearchParams(passwordForm(JOHN, 'read')).toString();
  const authorization = `Basic ${Buffer.from(APPLICATION.join(':')).toString('base64')}`;
  const seen = await browser.page.evaluate<unknown>(`(async () => {
    const form = { method: 'POST', headers: { Authorization: ${JSON.stringify(authorization)} } };
    const body = new URLSearchParams(${JSON.stringify(body)});
    const { access_token } = await (await fetch('${url}/token', { ...form, body })).json();
    const called = await fetch('${url}/api', { headers: { Authorization: 'Bearer ' + access_token } });
    const refused = await fetch('${url}/api', { headers: { Authorization: 'Bearer wrong' } });
    return [called.status, await called.json(), refused.status, refused.headers.get('WWW-Authenticate')];
  })()`);
  expect(seen).toEqual([200, { served: true }, 401, expect.stringContaining('error="invalid_token"')]);
  await browser.close();
});
