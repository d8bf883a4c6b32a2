import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { exchangeRaw, valuesOf } from '../../test/support/http/raw-http';
import { aGateway, anApi, type TestGateway } from './support/gateway';
import { echoUpstream, type EchoUpstream } from './support/upstream';

/** Two APIs whose contexts begin alike, one of them inside the other's paths as well. */
const apisAt = (upstream: string) => ({
  orders: anApi(upstream),
  v3: anApi(upstream, { context: '/api/v3' }),
  admin: anApi(upstream, {
    context: '/api/admin',
    resources: [
      { path: '/', methods: ['GET'], scopes: ['update'] },
      { path: '/public/:slug', methods: ['GET'], public: true },
      { path: '/public/admin/delete', methods: ['GET'], scopes: ['update'] },
    ],
  }),
});

describe('the gateway', () => {
  let upstream: EchoUpstream;
  let gateway: TestGateway;
  let token: string;

  beforeAll(async () => {
    upstream = await echoUpstream();
    gateway = await aGateway({ keys: { apis: apisAt(upstream.url), applications: [everything] } });
    token = await gateway.token('read update');
  });

  const everything = {
    name: 'All',
    owner: 'john@gmail.com@johnsorg',
    consumerKey: 'key',
    consumerSecret: 'secret',
    subscriptions: ['orders', 'v3', 'admin'],
  };

  /** Sends a target with a fully privileged token; nothing may reach the upstream. */
  const expectRefused = async (target: string, status: number | readonly number[], method = 'GET'): Promise<void> => {
    const before = upstream.seen.length;
    const answer = await gateway.send([`${method} ${target} HTTP/1.1`], { token });
    expect({ target, status: answer.status }).toEqual({ target, status: expect.any(Number) });
    expectCleanAnswer(answer, { status, from: 'gateway', without: [token] });
    expect(upstream.seen.length).toBe(before);
  };

  it('forwards the declared path without its context', async () => {
    const answer = await gateway.send(['GET /api/admin?a=b&c HTTP/1.1'], { token });
    expect(answer.status).toBe(200);
    expect(upstream.seen.at(-1)).toMatchObject({ method: 'GET', url: '/?a=b&c' });
  });

  it('serves the context with and without a trailing slash', async () => {
    for (const target of ['/orders', '/orders/', '/orders?x=1', '/orders/?x=1']) {
      const answer = await gateway.send([`GET ${target} HTTP/1.1`], { token });
      expect({ target, status: answer.status }).toEqual({ target, status: 200 });
    }
  });

  it.each(['/API/Admin', '/Api/admin', '/ORDERS', '/orders/HEALTH/x'])(
    'S-248 answers 404 to %s because paths are case-sensitive',
    (target) => expectRefused(target, 404),
  );

  it.each(['//api/admin', '/api//admin', '/api/admin//', '//', '/orders//', '/orders//1'])(
    'S-249 refuses empty segments: %s',
    (target) => expectRefused(target, 400),
  );

  it('S-249 answers 404 to a trailing slash on a resource that is declared without one', async () => {
    await expectRefused('/orders/1/', 404);
    await expectRefused('/orders/health/', 404);
  });

  it.each([
    '/api/%61dmin',
    '/%41pi/admin',
    '/api/%2561dmin',
    '/orders/%C0%AF',
    '/orders/%E0%80%AF',
    '/orders/%ED%A0%80',
    '/orders/%FF',
    '/orders/%00',
    '/orders/%0d%0aX',
    '/orders/%',
    '/orders/%4',
    '/orders/%zz',
    '/orders/%252e%252e',
  ])('S-250 refuses escapes that can be decoded twice: %s', (target) => expectRefused(target, 400));

  it.each(['/api/admin%2fx', '/api/admin%2Fx', '/api%5cadmin', '/api/admin%5Cx', '/api\\admin', '/orders\\..\\api'])(
    'S-251 refuses escaped slashes and backslashes: %s',
    (target) => expectRefused(target, 400),
  );

  it.each([
    '/x/../api/admin',
    '/x/%2e%2e/api/admin',
    '/x/%2E./api/admin',
    '/api/./admin',
    '/.%2e/api/admin',
    '/orders/..;/api/admin',
    '/orders/..',
    '/orders/.',
    '/..',
    '/orders/health/../../api/admin',
  ])('S-252 refuses dot segments before routing: %s', (target) => expectRefused(target, 400));

  it.each(['/api/admin;v=1', '/api/admin;v=1/x', '/api/admin%3b', '/api/admin%3Bv', '/orders/;'])(
    'S-253 refuses matrix parameters: %s',
    (target) => expectRefused(target, 400),
  );

  it.each([
    'http://evil.test/api/admin',
    'http://gateway.test/api/admin',
    'https://evil.test/orders',
    'HTTP://evil.test//orders',
  ])('S-254 refuses the absolute form: %s', (target) => expectRefused(target, 400));

  it.each([
    '//169.254.169.254/latest',
    '/\\evil.test/orders',
    '@evil.test/orders',
    '///evil.test',
    '/orders/@',
    '/orders/x@evil',
  ])('S-255 never takes a host from the request target: %s', async (target) => {
    const before = upstream.seen.length;
    const answer = await gateway.send([`GET ${target} HTTP/1.1`], { token });
    if (target.startsWith('/orders/')) {
      expect(answer.status).toBe(200); // a segment that holds an at sign is a segment
      expect(upstream.seen.at(-1)?.url).toBe(target.slice('/orders'.length));
    } else {
      expectCleanAnswer(answer, { status: 400, from: 'gateway' });
      expect(upstream.seen.length).toBe(before);
    }
  });

  it('S-256 refuses the asterisk form and CONNECT', async () => {
    await expectRefused('*', [400, 405], 'OPTIONS');
    await expectRefused('*', 400);
    const tunnel = await gateway.send(['CONNECT 127.0.0.1:443 HTTP/1.1'], { token });
    expect(tunnel.status).toBe(400);
    expect(tunnel.closed).toBe(true);
  });

  it('S-257 refuses fragments, spaces and raw bytes in the request target', async () => {
    await expectRefused('/api/admin#f', 400);
    await expectRefused('/orders/1?q#f', 400);
    await expectRefused('/api/ad min', 400);
    await expectRefused('/orders/\xe4', 400);
    await expectRefused('/orders/1?q=\xe4', 400);
    await expectRefused('/orders/a|b', 400);
    await expectRefused('/orders/"', 400);
  });

  it('S-258 answers 404 to every undeclared path', async () => {
    for (const target of ['/', '/unknown', '/orders/1/lines', '/api', '/api/admin/x', '/.env', '/favicon.ico']) {
      await expectRefused(target, 404);
    }
  });

  it('S-259 does not match a context that is only the beginning of a longer segment', async () => {
    expect((await gateway.send(['GET /api/v3/1 HTTP/1.1'], { token })).status).toBe(200);
    for (const target of ['/api/v3-secret', '/api/v33', '/ordersx', '/orders.json', '/orders-/1'])
      await expectRefused(target, 404);
  });

  it('S-260 never lets a parameter span a slash', async () => {
    expect((await gateway.send(['GET /api/admin/public/note HTTP/1.1'])).status).toBe(200);
    expectCleanAnswer(await gateway.send(['GET /api/admin/public/admin/delete HTTP/1.1']), {
      status: 401,
      from: 'guard',
    });
    await expectRefused('/api/admin/public/admin/other', 404);
    await expectRefused('/api/admin/public/admin%2fdelete', 400);
  });

  it.each(['OPTIONS', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])(
    'S-261 answers 405 to %s on a resource that does not declare it',
    async (method) => {
      const before = upstream.seen.length;
      const answer = await gateway.send([`${method} /api/admin HTTP/1.1`], { token });
      expectCleanAnswer(answer, { status: 405, from: 'gateway', error: 'method_not_allowed' });
      expect(valuesOf(answer, 'allow')).toEqual(['GET, HEAD']);
      expect(upstream.seen.length).toBe(before);
    },
  );

  it('S-261 refuses a method that is not defined by HTTP', async () => {
    expectCleanAnswer(await gateway.send(['FOO /api/admin HTTP/1.1'], { token }), {
      status: [400, 405],
      from: 'gateway',
    });
  });

  it('S-261 treats HEAD like GET, and ignores method overrides', async () => {
    const head = await gateway.send(['HEAD /api/admin HTTP/1.1'], { token });
    expect(head.status).toBe(200);
    expect(upstream.seen.at(-1)?.method).toBe('HEAD');

    const overrides = [
      'X-HTTP-Method-Override',
      'x-http-method',
      'X-METHOD-OVERRIDE',
      'X_HTTP_Method_Override',
      'X-Original-URL',
      'X-Rewrite-Url',
    ];
    const lines = overrides.map((name) => `${name}: DELETE`);
    await gateway.send(['GET /orders?_method=DELETE&a=1&%5fmethod=PUT HTTP/1.1', ...lines], { token });
    const seen = upstream.seen.at(-1);
    expect(seen).toMatchObject({ method: 'GET', url: '/?a=1' });
    expect(seen?.headers.filter(([, value]) => value === 'DELETE')).toEqual([]);
  });

  it('S-261 does not weaken the requirement of a method because of a method override', async () => {
    const read = await gateway.token('read');
    const answer = await gateway.send(['PUT /orders/1 HTTP/1.1', 'X-HTTP-Method-Override: GET'], {
      token: read,
      body: '{}',
    });
    expectCleanAnswer(answer, { status: 403, from: 'guard', error: 'insufficient_scope' });
  });

  it('forwards the path byte for byte', async () => {
    for (const path of ["/it's", '/a%20b', '/%E4', '/a%2Cb', '/caf%C3%A9', '/1:2', '/a@b,c=d+e$f&g!h*(i)']) {
      const answer = await gateway.send([`GET /orders${path} HTTP/1.1`], { token });
      if (path === '/%E4') expect(answer.status).toBe(400);
      else expect(upstream.seen.at(-1)?.url).toBe(path);
    }
    const target = `/it's@home?q="a"|{b}\\^\`<c>&d=%`;
    await gateway.send([`GET /orders${target} HTTP/1.1`], { token });
    expect(upstream.seen.at(-1)?.url).toBe(target);
  });

  it('adds no slash to a path that resembles the beginning of an address', async () => {
    const resources = [{ path: '/:a/:b', methods: ['GET'], public: true }];
    const two = await aGateway({
      keys: { apis: { two: anApi(upstream.url, { context: '/two', resources }) }, applications: [] },
    });
    await two.send(['GET /two/http:/x?next=http://a//b HTTP/1.1']);
    expect(upstream.seen.at(-1)?.url).toBe('/http:/x?next=http://a//b');
    await two.send(['GET /two/xhttps:/x HTTP/1.1']);
    expect(upstream.seen.at(-1)?.url).toBe('/xhttps:/x');
  });

  it('prepends the path of the upstream', async () => {
    const based = await aGateway({ upstream: `${upstream.url}/base/v1` });
    await based.send(['GET /orders/health?q=1 HTTP/1.1']);
    expect(upstream.seen.at(-1)?.url).toBe('/base/v1/health?q=1');
  });

  it.each([
    ['/orders', '', '/'],
    ['/orders?q=1', '', '/?q=1'],
    ['/orders', '/base', '/base'],
    ['/orders?q=1', '/base', '/base?q=1'],
    ['/orders/', '/base', '/base/'],
    ['/orders', '/base/', '/base/'],
    ['/orders/', '/base/', '/base/'],
    ['/orders/health?q', '/base/', '/base/health?q'],
  ])('adds to the path of the upstream what %s adds to the context: at %s it is %s', async (target, base, expected) => {
    const based = await aGateway({ upstream: `${upstream.url}${base}` });
    await based.send([`GET ${target} HTTP/1.1`], { token: await based.token('read update') });
    expect(upstream.seen.at(-1)?.url).toBe(expected);
  });

  it('distinguishes the inner of two nested contexts from the outer, in either order of declaration', async () => {
    const inner = { context: '/orders/archive', resources: [{ path: '/:id', methods: ['GET'], public: true }] };
    const outer = {
      resources: [
        { path: '/archive/:id', methods: ['GET'], scopes: ['update'] },
        { path: '/:id', methods: ['GET'] },
      ],
    };
    const apis = { outer: anApi(upstream.url, outer), inner: anApi(upstream.url, inner) };
    const nested = await aGateway({ keys: { apis, applications: [] } });
    expect((await nested.send(['GET /orders/archive/7 HTTP/1.1'])).status).toBe(200);
    expect(upstream.seen.at(-1)?.url).toBe('/7');
    expect((await nested.send(['GET /orders/archive HTTP/1.1'])).status).toBe(404);
  });

  it('answers 501 to a WebSocket handshake and does not forward it as a plain request', async () => {
    const before = upstream.seen.length;
    const answer = await gateway.send(
      [
        'GET /orders HTTP/1.1',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: eA==',
      ],
      { token },
    );
    expect(answer.status).toBe(501);
    expect(upstream.seen.length).toBe(before);
  });

  it('answers pipelined requests on one connection in order', async () => {
    const request = `GET /orders/1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    const { responses } = await exchangeRaw(gateway.port, request.repeat(3), { responses: 3 });
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});
