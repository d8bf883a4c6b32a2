import express from 'express';
import fc from 'fast-check';
import { ConfigurationError, type ApiDeclaration } from 'scopegate';
import { aGate, JOHN, type TestScope, subscribing } from '../support/gate/gate';
import { exchangeRaw, rawRequest, sendRaw, serve, valuesOf } from '../support/http/raw-http';
import { thrownBy } from '../support/expect/thrown';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../support/properties/property-runs';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const orders: ApiDeclaration<TestScope> = {
  resources: [
    { path: '/', methods: ['GET'], scopes: ['read'] },
    { path: '/:id', methods: ['PUT', 'PATCH'], scopes: ['update'] },
    { path: '/:id', methods: ['GET'], anyOf: ['read', 'update'] },
    { path: '/health', methods: ['GET'], public: true },
    { path: '/special', methods: ['GET'], scopes: ['admin'] },
    { path: '/:id/lines/:line', methods: ['DELETE'] },
    { path: '/caf%c3%a9', methods: ['GET'], public: true },
  ],
};

/** The API behind a real server, and the raw bytes of requests to it. */
const served = async (declaration: ApiDeclaration<TestScope> = orders, mount = '/orders') => {
  const { gate, signIn } = aGate({ apis: { orders: declaration }, applications: subscribing('orders') });
  const app = express();
  const reached: string[] = [];
  app.use(mount, gate.api('orders'), (incoming, response) => {
    reached.push(`${incoming.method} ${incoming.url}`);
    response.json({ reached: incoming.url, subject: gate.findAuth(incoming)?.subject });
  });
  app.use((_request, response) => {
    reached.push('behind');
    response.status(418).json({});
  });
  const { port } = await serve(app);
  const send = (method: string, target: string, token?: string, ...more: readonly string[]) => {
    const authorization = token === undefined ? [] : [`Authorization: Bearer ${token}`];
    return sendRaw(
      port,
      rawRequest([`${method} ${target} HTTP/1.1`, 'Host: h', 'Connection: close', ...authorization, ...more]),
    );
  };
  const status = async (method: string, target: string, token?: string): Promise<number> =>
    (await send(method, target, token)).status;
  return { gate, send, status, signIn, reached };
};

describe('a guard of an API', () => {
  test('applies the rule of each resource', async () => {
    const { send, status, signIn, reached } = await served();
    const read = (await signIn(JOHN, 'read')).access_token;
    const update = (await signIn(JOHN, 'update')).access_token;
    const nothing = (await signIn(JOHN)).access_token;
    const statuses = async (method: string, target: string) =>
      Promise.all([undefined, nothing, read, update].map((token) => status(method, target, token)));

    expect(await statuses('GET', '/orders')).toEqual([401, 403, 200, 403]);
    expect(await statuses('GET', '/orders/1')).toEqual([401, 403, 200, 200]);
    expect(await statuses('PUT', '/orders/1')).toEqual([401, 403, 403, 200]);
    expect(await statuses('PATCH', '/orders/1')).toEqual([401, 403, 403, 200]);
    expect(await statuses('GET', '/orders/special')).toEqual([401, 403, 403, 403]);
    expect(await statuses('DELETE', '/orders/1/lines/2')).toEqual([401, 200, 200, 200]);
    expect(await statuses('GET', '/orders/health')).toEqual([200, 200, 200, 200]);
    expect(reached).toHaveLength(1 + 2 + 1 + 1 + 3 + 4);
    expect(JSON.parse((await send('GET', '/orders/1', read)).body)).toEqual({ reached: '/1', subject: JOHN[0] });
  });

  test('S-258 answers 404 to undeclared paths, with and without a token', async () => {
    const { send, status, signIn, reached } = await served();
    const { access_token } = await signIn(JOHN, 'read update');
    for (const target of ['/orders/1/lines', '/orders/1/lines/2/3', '/orders/health/x', '/orders/special/x']) {
      expect([target, await status('GET', target), await status('GET', target, access_token)]).toEqual([
        target,
        404,
        404,
      ]);
    }
    const answer = await send('GET', '/orders/1/lines');
    expect(JSON.parse(answer.body)).toEqual({ error: 'not_found', error_description: 'There is no such resource.' });
    expect(valuesOf(answer, 'content-type')).toEqual(['application/json']);
    expect(valuesOf(answer, 'cache-control')).toEqual(['no-store']);
    expect(reached).toEqual([]);
  });

  test('S-261 S-205 answers 405 with Allow to undeclared methods, including OPTIONS and TRACE', async () => {
    const { send, signIn, reached } = await served();
    const { access_token } = await signIn(JOHN, 'read update');
    const allowed = async (method: string, target: string): Promise<unknown> => {
      const answer = await send(method, target, access_token, 'X-HTTP-Method-Override: GET');
      return [answer.status, valuesOf(answer, 'allow'), (JSON.parse(answer.body) as { error: string }).error];
    };
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
      expect([method, await allowed(method, '/orders')]).toEqual([method, [405, ['GET, HEAD'], 'method_not_allowed']]);
    }
    expect(await allowed('DELETE', '/orders/1')).toEqual([405, ['PUT, PATCH, GET, HEAD'], 'method_not_allowed']);
    expect(await allowed('GET', '/orders/1/lines/2')).toEqual([405, ['DELETE'], 'method_not_allowed']);
    expect((await send('HEAD', '/orders/1/lines/2', access_token)).status).toBe(405);
    expect(reached).toEqual([]);
  });

  test('S-206 treats HEAD by the rule of GET, unless HEAD has its own', async () => {
    const { send, status, signIn } = await served({
      resources: [
        { path: '/', methods: ['GET'], scopes: ['read'] },
        { path: '/x', methods: ['GET'], public: true },
        { path: '/x', methods: ['HEAD'], scopes: ['update'] },
      ],
    });
    const { access_token } = await signIn(JOHN, 'read');
    expect(await status('HEAD', '/orders')).toBe(401);
    const answer = await send('HEAD', '/orders', access_token);
    expect([answer.status, answer.body]).toEqual([200, '']);
    expect(await status('HEAD', '/orders/x', access_token)).toBe(403);
    expect(await status('GET', '/orders/x')).toBe(200);
  });

  test('prefers a literal segment to a parameter, for its other methods as well', async () => {
    const { send, signIn } = await served();
    const { access_token } = await signIn(JOHN, 'read update');
    const answer = await send('PUT', '/orders/special', access_token);
    expect([answer.status, valuesOf(answer, 'allow')]).toEqual([405, ['GET, HEAD']]);
    expect((await send('GET', '/orders/specials', access_token)).status).toBe(200);
  });

  test('S-248 compares paths case-sensitively', async () => {
    const { status } = await served();
    expect(await status('GET', '/orders/health')).toBe(200);
    expect(await status('GET', '/orders/Health')).toBe(404); // never the parameter's rule
    expect(await status('GET', '/orders/1/Lines/2')).toBe(404);
  });

  test('S-249 answers 404 to a trailing slash everywhere except at the context', async () => {
    const { status, signIn } = await served();
    const { access_token } = await signIn(JOHN, 'read update');
    for (const target of ['/orders', '/orders/', '/orders?a=b', '/orders/?a=b']) {
      expect([target, await status('GET', target, access_token)]).toEqual([target, 200]);
    }
    for (const target of ['/orders/health/', '/orders/1/', '/orders/1/lines/2/', '/orders/1/lines/']) {
      expect([target, await status('GET', target, access_token)]).toEqual([target, 404]);
    }
  });

  test('S-260 matches a parameter to one whole segment, which is not empty and spans no slash', async () => {
    const { status } = await served({ resources: [{ path: '/public/:slug', methods: ['GET'], public: true }] });
    expect(await status('GET', '/orders/public/a')).toBe(200);
    expect(await status('GET', '/orders/public/a%20b')).toBe(200);
    for (const target of ['/orders/public/admin/delete', '/orders/public/', '/orders/public', '/orders/public/a/']) {
      expect([target, await status('GET', target)]).toEqual([target, 404]);
    }
    for (const target of [
      '/orders/public/a%2fb',
      '/orders/public/a%2Fdelete',
      '/orders/public/a%5cb',
      '/orders/public//a',
    ]) {
      expect([target, await status('GET', target)]).toEqual([target, 400]);
    }
  });

  test('S-259 does not match a context with the beginning of a longer segment', async () => {
    const { status } = await served();
    expect(await status('GET', '/orders-secret/health')).toBe(418);
    expect(await status('GET', '/ordersx')).toBe(418);
  });

  test('accepts either case in the hex digits of an escape, in declarations and in requests', async () => {
    const { status } = await served();
    for (const target of ['/orders/caf%C3%A9', '/orders/caf%c3%a9', '/orders/caf%C3%a9'])
      expect(await status('GET', target)).toBe(200);
  });

  test('S-204 checks no token at a public resource, not even an invalid one', async () => {
    const { send, signIn } = await served();
    const { access_token } = await signIn(JOHN, 'read');
    for (const header of [`Bearer ${access_token}`, 'Bearer bad', 'Bearer', 'Basic x']) {
      const answer = await send('GET', '/orders/health?access_token=x', undefined, `Authorization: ${header}`);
      expect([header, answer.status, answer.body]).toEqual([header, 200, '{"reached":"/health?access_token=x"}']);
    }
  });

  test('S-249 S-250 S-251 S-252 S-253 S-254 S-256 answers 400 to non-canonical paths without routing', async () => {
    const { send, reached } = await served();
    const targets = [
      ...['/orders//health', '/orders/%68ealth', '/orders/./health', '/orders/x/../health', '/orders/x/%2e%2e/health'],
      ...[
        '/orders/health%2f',
        '/orders/health%00',
        '/orders/health;v=1',
        '/orders/health%3b',
        '/orders/%2568ealth',
        '/orders/%c0%af',
      ],
      ...[
        '/orders/\\health',
        '/orders/health%5c',
        '/orders/..;/health',
        '/orders/health\xe9',
        '/orders/h%',
        '/orders/health?a\xe9',
      ],
      'http://evil.test/orders/health',
    ];
    for (const target of targets) {
      const answer = await send('GET', target);
      expect([target, answer.status]).toEqual([target, 400]);
      if (answer.body !== '') expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_request' });
    }
    expect(reached).toEqual([]);
  });

  test('S-250 S-252 never lets a different spelling of a path reach its handler', async () => {
    const { send, reached } = await served({
      resources: [
        { path: '/admin/secret', methods: ['GET'], scopes: ['admin'] },
        { path: '/:any/:thing', methods: ['GET'], public: true },
      ],
    });
    const piece = fc.constantFrom(
      '/admin',
      '/secret',
      '/',
      '/.',
      '/..',
      '//',
      '/%61dmin',
      '/admin%2fsecret',
      '/;x',
      ';',
      '%2e',
      '%2E%2e',
      '\\',
      '%5c',
      '%00',
      '/x',
    );
    await assertProperty(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 4 }), async (pieces) => {
        reached.length = 0;
        const target = `/orders${pieces.join('')}`;
        const { status } = await send('GET', target);
        expect([200, 400, 401, 404, 418]).toContain(status);
        if (status !== 200) return;
        const [path = ''] = reached.map((line) => line.slice('GET '.length));
        expect(new URL(path, 'http://h').pathname.split('/').map(decodeURIComponent).join('/')).not.toBe(
          '/admin/secret',
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe('the resource matcher', () => {
  const METHODS = ['ACL', 'BIND', 'COPY', 'LINK', 'LOCK', 'MOVE', 'PURGE'];
  const segment = fc.constantFrom('a', 'b', 'ab', ':p', ':q');
  const template = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
  const shape = (path: string): string => path.replace(/:[^/]+/g, ':');
  const templates = fc.uniqueArray(template, { selector: shape, minLength: 1, maxLength: 7 });
  const requested = fc
    .array(fc.constantFrom('a', 'b', 'ab', 'c', 'A', ''), { maxLength: 4 })
    .map((parts) => `/${parts.join('/')}`);

  const segmentsOf = (path: string): readonly string[] => (path === '/' ? [] : path.slice(1).split('/'));

  /** The expected resource: of all that match, the one whose first difference from the others is a literal. */
  const expected = (paths: readonly string[], path: string): string | undefined => {
    const parts = segmentsOf(path);
    const fitting = paths.filter((candidate) => {
      const pattern = segmentsOf(candidate);
      return (
        pattern.length === parts.length &&
        pattern.every((one, at) => (one.startsWith(':') ? parts[at] !== '' : one === parts[at]))
      );
    });
    const rank = (candidate: string): string =>
      segmentsOf(candidate)
        .map((one) => (one.startsWith(':') ? '1' : '0'))
        .join('');
    return fitting.sort((one, other) => rank(one).localeCompare(rank(other)))[0];
  };

  test('finds the most specific resource, whatever the order of declaration', async () => {
    await assertProperty(
      fc.asyncProperty(templates, fc.uniqueArray(requested, { minLength: 4, maxLength: 8 }), async (paths, targets) => {
        // A different method for each resource, so that the refusal of another method shows which one was found.
        const resources = paths.map((path, index) => ({ path, methods: [METHODS[index] ?? ''] }));
        const { gate } = aGate({
          apis: { forwards: { resources }, backwards: { resources: resources.toReversed() } },
          users: [],
        });
        const app = express();
        for (const name of ['forwards', 'backwards']) app.use(`/${name}`, gate.api(name));
        const { port, close } = await serve(app);
        const asked = targets.flatMap((path) => [`/forwards${path}`, `/backwards${path}`]);
        const bytes = asked.map((target) => `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`).join('');
        const { responses } = await exchangeRaw(port, bytes, { responses: asked.length });
        const found = responses.map((answer) => {
          const [method] = valuesOf(answer, 'allow');
          return method === undefined ? answer.status : paths[METHODS.indexOf(method)];
        });
        const wanted = targets.flatMap((path, index) => {
          if (path.includes('//')) return [400, 400];
          const [exact, folded] = [expected(paths, path), expected(paths, path.toLowerCase())];
          // A segment in another case than a literal is refused where a router could take it for that literal.
          const isRefused = exact !== folded || (path !== path.toLowerCase() && found[index * 2] === 404);
          const one = isRefused ? 404 : (exact ?? 404);
          return [one, one];
        });
        expect(asked.map((target, index) => [target, found[index]])).toEqual(
          asked.map((target, index) => [target, wanted[index]]),
        );
        await close();
        await gate.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('gate.canonicalPaths', () => {
  test('S-249 S-250 S-252 refuses before routing what a guard mounted on a path would miss', async () => {
    const { gate } = aGate();
    const app = express();
    const reached: string[] = [];
    app.use(gate.canonicalPaths());
    app.use('/api/admin', gate.requireScope('admin'));
    app.use((incoming, response) => {
      reached.push(incoming.originalUrl);
      response.json({});
    });
    const { port } = await serve(app);
    const send = (target: string) =>
      sendRaw(port, rawRequest([`GET ${target} HTTP/1.1`, 'Host: h', 'Connection: close']));
    const evasions = [
      ...[
        '//api/admin/x',
        '/api//admin/x',
        '/api/%61dmin/x',
        '/api/admin%2fx',
        '/x/../api/admin/x',
        '/x/%2e%2e/api/admin/x',
      ],
      ...[
        '/api/admin;v=1/x',
        '/api/admin\\x',
        'http://evil.test//api/admin',
        'http://evil.test/api/admin',
        '/%2561dmin',
      ],
    ];
    for (const target of evasions) expect([target, (await send(target)).status]).toEqual([target, 400]);
    expect(reached).toEqual([]);
    expect((await send('/api/admin/x')).status).toBe(401);
    expect((await send('/API/Admin/x')).status).toBe(401);
    expect((await send('/api/orders?x=//..')).status).toBe(200);
  });

  test('S-164 does not repeat the path', async () => {
    const { gate } = aGate();
    const { port } = await serve(express().use(gate.canonicalPaths()));
    const answer = await sendRaw(port, rawRequest(['GET /canary/../x HTTP/1.1', 'Host: h', 'Connection: close']));
    expect(answer.body).not.toContain('canary');
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'invalid_request' });
  });

  test('also checks the whole path in a sub-app, not only the part after the mount', async () => {
    const { gate } = aGate();
    const inner = express().use(gate.canonicalPaths(), (_request, response) => {
      response.json({});
    });
    const { port } = await serve(express().use('/inner', inner));
    const send = (target: string) =>
      sendRaw(port, rawRequest([`GET ${target} HTTP/1.1`, 'Host: h', 'Connection: close']));
    expect((await send('/inner/a')).status).toBe(200);
    expect((await send('/inner/../a')).status).toBe(400);
    expect((await send('/inner//a')).status).toBe(400);
  });
});

test('the error about an undeclared API lists the declared ones', () => {
  const { gate } = aGate({ apis: { orders, stock: { resources: [] } } });
  const thrown = thrownBy(() => gate.api('ordres'));
  expect(thrown).toBeInstanceOf(ConfigurationError);
  expect((thrown as Error).message).toBe(
    'gate.api(): there is no API "ordres"; did you mean "orders"?\nSee docs/errors.md#err_scopegate_option',
  );
  for (const name of ['__proto__', 'constructor', ''])
    expect(thrownBy(() => gate.api(name))).toBeInstanceOf(ConfigurationError);
});

test('S-250 S-260 a reserved character is the same to the rule and the resource, raw or escaped', async () => {
  const { status, signIn } = await served({
    resources: [
      { path: '/@me', methods: ['GET'], scopes: ['update'] },
      { path: '/:id', methods: ['GET'], scopes: ['read'] },
    ],
  });
  const read = (await signIn(JOHN, 'read')).access_token;
  expect(await status('GET', '/orders/@me', read)).toBe(403);
  expect(await status('GET', '/orders/%40me', read)).toBe(403);
  expect(await status('GET', '/orders/%40you', read)).toBe(200);
});

test('S-250 S-356 two spellings of one path are one resource, and can be declared only once', () => {
  const twice: ApiDeclaration<TestScope> = {
    resources: [
      { path: '/caf%c3%a9', methods: ['GET'], scopes: ['read'] },
      { path: '/caf%C3%A9', methods: ['GET'], public: true },
    ],
  };
  expect(thrownBy(() => aGate({ apis: { orders: twice } }))).toBeInstanceOf(ConfigurationError);
});

describe.each([
  ['Express 4', jest.requireActual<typeof express>('express4')],
  ['Express 5', express],
])('a guard in front of a router of %s with its default settings', (_version, framework) => {
  test('S-248 never lets the rule of a parameter open the handler of a literal beside it', async () => {
    const { gate, signIn } = aGate({
      apis: {
        orders: {
          resources: [
            { path: '/export', methods: ['GET'], scopes: ['update'] },
            { path: '/admin/lines', methods: ['GET'], scopes: ['update'] },
            { path: '/:id', methods: ['GET'], scopes: ['read'] },
            { path: '/:id/lines', methods: ['GET'], scopes: ['read'] },
          ],
        },
      },
      applications: subscribing('orders'),
    });
    const router = framework.Router();
    for (const path of ['/export', '/admin/lines', '/:id', '/:id/lines']) {
      router.get(path, (_request, response) => void response.json({ reached: path }));
    }
    const { port } = await serve(framework().use('/orders', gate.api('orders'), router));
    const read = (await signIn(JOHN, 'read')).access_token;
    const update = (await signIn(JOHN, 'update')).access_token;
    const get = async (target: string, token: string): Promise<string> => {
      const headers = ['Host: h', 'Connection: close', `Authorization: Bearer ${token}`];
      const { status, body } = await sendRaw(port, rawRequest([`GET ${target} HTTP/1.1`, ...headers]));
      return status === 200 ? (JSON.parse(body) as { reached: string }).reached : String(status);
    };
    const refused = ['/EXPORT', '/Export', '/export.', '/export%20', '/%EF%BD%85xport', '/export/', '/ADMIN/lines'];
    for (const target of refused) expect([target, await get(`/orders${target}`, read)]).toEqual([target, '404']);
    expect(await get('/orders/export', read)).toBe('403');
    expect(await get('/orders/export', update)).toBe('/export');
    expect(await get('/orders/exports', read)).toBe('/:id');
    expect(await get('/orders/7/lines', read)).toBe('/:id/lines');
  });
});

test('S-250 escapes of hyphen, dot, underscore and tilde are decoded, also for later routers', async () => {
  const { gate } = aGate({
    apis: { orders: { resources: [{ path: '/~ana', methods: ['GET'], public: true }] } },
    applications: subscribing('orders'),
  });
  const reached: string[] = [];
  const app = express()
    .use(gate.canonicalPaths())
    .get('/x-y_z.~', (incoming, response) => void response.json(reached.push(incoming.originalUrl)))
    .use('/orders', gate.api('orders'))
    .get('/orders/~ana', (incoming, response) => void response.json(reached.push(incoming.originalUrl)));
  const { port } = await serve(app);
  const status = async (target: string): Promise<number> =>
    (await sendRaw(port, rawRequest([`GET ${target} HTTP/1.1`, 'Host: h', 'Connection: close']))).status;
  expect(await status('/orders/%7Eana?q=%7E')).toBe(200);
  expect(await status('/x%2Dy%5fz%2E%7e')).toBe(200);
  expect(reached).toEqual(['/orders/~ana?q=%7E', '/x-y_z.~']);
  for (const target of ['/orders/%2E', '/orders/%2e%2e/orders/~ana', '/orders/%7E%61na']) {
    expect([target, await status(target)]).toEqual([target, 400]);
  }
});

test('an API refuses paths below the context of another API, in any case', async () => {
  const resources = [{ path: '/:a/:b', methods: ['GET'], public: true }] as const;
  const { gate } = aGate({ apis: { orders: { resources }, archive: { context: '/orders/archive', resources } } });
  const { port } = await serve(
    express().use('/orders', gate.api('orders'), (_request, response) => void response.json(1)),
  );
  const status = async (target: string): Promise<number> =>
    (await sendRaw(port, rawRequest([`GET ${target} HTTP/1.1`, 'Host: h', 'Connection: close']))).status;
  expect(await status('/orders/a/b')).toBe(200);
  expect(await status('/orders/ARCHIVE/b')).toBe(404);
  expect(await status('/orders/archive/b')).toBe(404);
});

test('a target that an earlier middleware has made ambiguous is answered 400, without an internal error', async () => {
  const resources = [{ path: '/*', methods: ['GET'], public: true }] as const;
  const { gate } = aGate({ apis: { orders: { resources } } });
  const app = express().use((incoming, _response, next) => {
    incoming.url = String(incoming.headers['x-url']);
    next();
  });
  const { port } = await serve(app.use(gate.api('orders'), (_request, response) => void response.json(1)));
  const status = async (url: string): Promise<number> =>
    (await sendRaw(port, rawRequest(['GET /a HTTP/1.1', 'Host: h', 'Connection: close', `X-Url: ${url}`]))).status;
  expect([await status('/b'), await status('/%'), await status('/%ff'), await status('/a/../b')]).toEqual([
    ...[200, 400, 400, 400],
  ]);
});
