import { gzipSync } from 'node:zlib';
import express, { type Express, type RequestHandler } from 'express';
import { aGate, APPLICATION, JOHN, type TestGate, type TokenBody, subscribing } from '../support/gate/gate';
import { rawRequest, sendRaw, serve, valuesOf, type RawBytes } from '../support/http/raw-http';

const express4 = jest.requireActual<typeof express>('express4');

const versions: readonly (readonly [name: string, version: typeof express])[] = [
  ['Express 5', express],
  ['Express 4', express4],
];

const BASIC = `Authorization: Basic ${Buffer.from(APPLICATION.join(':')).toString('base64')}`;
const FORM = 'Content-Type: application/x-www-form-urlencoded';
const PASSWORD_FORM = `grant_type=password&username=${JOHN[0].replaceAll('@', '%40')}&password=${JOHN[1]}&scope=read+update`;

/** Hand-written requests to an app behind a real server. */
const client = async (app: Express) => {
  const { port } = await serve(app);
  const send = (method: string, target: string, headers: readonly string[] = [], body: RawBytes = '') =>
    sendRaw(port, rawRequest([`${method} ${target} HTTP/1.1`, 'Host: h', 'Connection: close', ...headers], body));
  const post = (target: string, body: RawBytes = PASSWORD_FORM, headers: readonly string[] = [FORM]) =>
    send('POST', target, [BASIC, ...headers], body);
  const tokens = async (target: string, body = PASSWORD_FORM): Promise<TokenBody> => {
    const answer = await post(target, body);
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('access_token')]);
    return JSON.parse(answer.body) as TokenBody;
  };
  const status = async (method: string, target: string, token?: string): Promise<number> =>
    (await send(method, target, token === undefined ? [] : [`Authorization: Bearer ${token}`])).status;
  return { send, post, tokens, status };
};

const answerOk: RequestHandler = (_request, response) => {
  response.json({ ok: true });
};

/** The same for all requests. */
const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
};

describe.each(versions)('on %s', (_version, framework) => {
  /** Endpoints and guarded routes, put on an app or a router. */
  const furnish = (target: Pick<Express, 'use' | 'get' | 'put'>, { gate }: TestGate): void => {
    target.use(gate.routes());
    target.get('/orders', gate.requireScope('read'), answerOk);
    target.put('/orders/:id', gate.requireScope('update'), answerOk);
    target.get('/me', gate.requireToken(), (request, response) => {
      response.json(gate.auth(request));
    });
    target.use('/reports', gate.requireScope({ GET: 'read', POST: { allOf: ['read', 'admin'] } }), answerOk);
    target.use('/stock', gate.api('stock'), answerOk);
  };

  const mounts: readonly (readonly [how: string, prefix: string, mount: (app: Express, test: TestGate) => void])[] = [
    ['on the app', '', (app, test) => furnish(app, test)],
    [
      'on a router',
      '',
      (app, test) => {
        const router = framework.Router();
        furnish(router as unknown as Express, test);
        app.use(router);
      },
    ],
    [
      'on a router at a sub-path',
      '/auth',
      (app, test) => {
        const router = framework.Router();
        furnish(router as unknown as Express, test);
        app.use('/auth', router);
      },
    ],
    [
      'on a sub-app',
      '/gateway/v1',
      (app, test) => {
        const inner = framework();
        furnish(inner, test);
        app.use('/gateway/v1', inner);
      },
    ],
    [
      'on a sub-app of a sub-app, at a path with a parameter',
      '/a/b/c',
      (app, test) => {
        const [outer, inner] = [framework(), framework()];
        furnish(inner, test);
        outer.use('/b/:any', inner);
        app.use('/a', outer);
      },
    ],
  ];

  describe.each(mounts)('mounted %s', (_how, prefix, mount) => {
    const open = once(async () => {
      const test = aGate({
        applications: subscribing('stock'),
        apis: {
          stock: {
            resources: [
              { path: '/', methods: ['GET'], public: true },
              { path: '/:id', methods: ['PUT'], scopes: ['update'] },
            ],
          },
        },
      });
      const app = framework();
      mount(app, test);
      app.use((_request, response) => {
        response.status(418).json({});
      });
      return client(app);
    });

    test('S-357 endpoints and guards work', async () => {
      const { tokens, status, post, send } = await open();
      const { access_token, refresh_token } = await tokens(`${prefix}/token`);
      const { access_token: reading } = await tokens(`${prefix}/token`, PASSWORD_FORM.replace('+update', ''));
      expect(await status('GET', `${prefix}/orders`, reading)).toBe(200);
      expect(await status('PUT', `${prefix}/orders/1`, reading)).toBe(403);
      expect(await status('PUT', `${prefix}/orders/1?a=b`, access_token)).toBe(200);
      expect(await status('GET', `${prefix}/orders`)).toBe(401);
      const me = await send('GET', `${prefix}/me`, [`Authorization: Bearer ${access_token}`]);
      expect(JSON.parse(me.body)).toMatchObject({ subject: JOHN[0], scopes: ['read', 'update'] });
      expect((await post(`${prefix}/token`, `grant_type=refresh_token&refresh_token=${refresh_token}`)).status).toBe(
        200,
      );
      expect((await send('GET', `${prefix}/health/ready`)).status).toBe(200);
    });

    test('S-261 S-205 a guard with a rule per method treats HEAD like GET, and refuses unnamed methods', async () => {
      const { tokens, status, send } = await open();
      const { access_token } = await tokens(`${prefix}/token`);
      expect(await status('GET', `${prefix}/reports/1`, access_token)).toBe(200);
      expect(await status('HEAD', `${prefix}/reports/1`, access_token)).toBe(200);
      expect(await status('HEAD', `${prefix}/reports/1`)).toBe(401);
      expect(await status('POST', `${prefix}/reports/1`, access_token)).toBe(403);
      for (const method of ['PUT', 'OPTIONS', 'TRACE', 'PROPFIND']) {
        const answer = await send(method, `${prefix}/reports/1`, [`Authorization: Bearer ${access_token}`]);
        expect([method, answer.status, valuesOf(answer, 'allow')]).toEqual([method, 405, ['GET, HEAD, POST']]);
      }
    });

    test('S-206 S-002 HEAD is guarded like GET and sends no body, and does nothing at the token endpoint', async () => {
      const { tokens, send } = await open();
      const { access_token } = await tokens(`${prefix}/token`);
      const allowed = await send('HEAD', `${prefix}/orders`, [`Authorization: Bearer ${access_token}`]);
      expect([allowed.status, allowed.body, allowed.leftover]).toEqual([200, '', '']);
      const refused = await send('HEAD', `${prefix}/orders`);
      expect([refused.status, refused.body, refused.leftover]).toEqual([401, '', '']);
      expect(valuesOf(refused, 'www-authenticate')).toEqual([
        'Bearer realm="127.0.0.1", scope="read", resource_metadata="http://127.0.0.1/.well-known/oauth-protected-resource"',
      ]);
      const atToken = await send('HEAD', `${prefix}/token`, [BASIC]);
      expect([atToken.status, valuesOf(atToken, 'allow'), atToken.leftover]).toEqual([405, ['POST'], '']);
      expect((await send('HEAD', `${prefix}/health/live`)).status).toBe(200);
    });

    test("S-258 an API's resources are matched below the mount, and other requests continue to the host", async () => {
      const { tokens, status } = await open();
      const { access_token } = await tokens(`${prefix}/token`);
      expect(await status('GET', `${prefix}/stock`)).toBe(200);
      expect(await status('GET', `${prefix}/stock/`)).toBe(200);
      expect(await status('PUT', `${prefix}/stock/7`, access_token)).toBe(200);
      expect(await status('PUT', `${prefix}/stock/7`)).toBe(401);
      expect(await status('GET', `${prefix}/stock/7`, access_token)).toBe(405);
      expect(await status('GET', `${prefix}/stock/7/8`, access_token)).toBe(404);
      for (const path of ['/tokens', '/token/', '/Token', '/nothing'])
        expect(await status('POST', `${prefix}${path}`)).toBe(418);
      if (prefix !== '') expect(await status('POST', '/token')).toBe(418);
    });
  });

  const all = { type: () => true };
  const parsers: readonly (readonly [name: string, parser: RequestHandler, takesForms: boolean])[] = [
    ['no parser', (_request, _response, next) => next(), false],
    ['express.json()', framework.json(), false],
    ['a simple urlencoded parser', framework.urlencoded({ extended: false }), true],
    ['an extended urlencoded parser', framework.urlencoded({ extended: true }), true],
    ['a raw parser for everything', framework.raw(all), true],
    ['a text parser for everything', framework.text(all), true],
  ];

  describe.each(parsers)('behind %s', (_name, parser, takesForms) => {
    const open = async () => {
      const test = aGate();
      const app = framework();
      const bodies: unknown[] = [];
      app.use(parser);
      app.use((request, response, next) => {
        response.on('finish', () => bodies.push(JSON.stringify(request.body as unknown)));
        next();
      });
      app.use(test.gate.routes());
      app.get('/orders', test.gate.requireScope('read'), answerOk);
      app.use(((_error, _request, response, _next) => {
        response.status(599).end();
      }) satisfies express.ErrorRequestHandler);
      return { ...(await client(app)), lines: test.lines, bodies };
    };

    test('S-357 S-358 a form is accepted, and the operator is warned once if a parser read it first', async () => {
      const { tokens, status, lines } = await open();
      const { access_token } = await tokens('/token');
      await tokens('/token');
      expect(await status('GET', '/orders', access_token)).toBe(200);
      const warnings = lines.filter(({ message }) => message.includes('body parser'));
      expect(warnings.map(({ level }) => level)).toEqual(takesForms ? ['warn'] : []);
    });

    test('S-103 no password stays on the request after the response', async () => {
      const { tokens, post, bodies } = await open();
      await tokens('/token');
      await post('/token', `${PASSWORD_FORM}x`);
      expect(bodies).toHaveLength(2);
      expect(String(bodies)).not.toContain(JOHN[1]);
      // The bytes of a buffer are as good as the text.
      expect(String(bodies)).not.toContain([...Buffer.from(JOHN[1])].join(','));
    });

    const opened = once(open);

    test.each([
      ['S-013 a repeated parameter', `${PASSWORD_FORM}&username=x`],
      ['S-013 a parameter repeated with the same value', `${PASSWORD_FORM}&scope=read`],
      ['S-016 S-120 brackets behind a name', PASSWORD_FORM.replace('username=', 'username[$ne]=')],
      ['S-016 an array by brackets', PASSWORD_FORM.replace('password=', 'password[]=')],
      [
        'S-016 S-114 an object for a scope',
        PASSWORD_FORM.replace('scope=', 'scope[split]=').replace('grant_type=password', ''),
      ],
      ['S-016 an object for a grant type', 'grant_type[toString]=1'],
      ['S-017 names of prototypes', '__proto__[grant_type]=password&constructor[prototype][x]=1'],
      ['S-005 nothing', ''],
      ['S-005 only separators', '&&&'],
      [
        'S-018 too many parameters',
        `${PASSWORD_FORM}&${Array.from({ length: 200 }, (_, index) => `p${index}=1`).join('&')}`,
      ],
    ])('%s is answered 400 invalid_request', async (_case, body) => {
      const { post } = await opened();
      const answer = await post('/token', body);
      expect([answer.status, (JSON.parse(answer.body) as TokenBody).error]).toEqual([400, 'invalid_request']);
      expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    });

    test('S-012 bytes that are not UTF-8 are refused without a token', async () => {
      const { post } = await opened();
      for (const username of ['%FF%FE', '%C0%AF', '%E4%ZZ', '%']) {
        expect((await post('/token', `grant_type=password&username=${username}&password=x`)).status).toBe(400);
      }
    });

    test('S-006 S-007 S-010 S-021 another type, charset or coding is refused before its content is used', async () => {
      const { post } = await opened();
      const json = JSON.stringify({ grant_type: 'password', username: JOHN[0], password: JOHN[1] });
      const answers = [
        await post('/token', json, ['Content-Type: application/json']),
        await post('/token', PASSWORD_FORM, ['Content-Type: text/plain']),
        await post('/token', PASSWORD_FORM, ['Content-Type: application/x-www-form-urlencoded; charset=iso-8859-1']),
        await post('/token', gzipSync(PASSWORD_FORM), [FORM, 'Content-Encoding: gzip']),
      ];
      for (const answer of answers) {
        if (takesForms && answer.status === 599) continue; // the host's parser has refused it already
        expect([answer.status, (JSON.parse(answer.body) as TokenBody).error]).toEqual([415, 'invalid_request']);
        expect(valuesOf(answer, 'cache-control')).toEqual(['no-store']);
      }
    });
  });

  test('S-188 endpoints and guards do not read the bodies of other requests', async () => {
    const { gate, signIn } = aGate();
    const app = framework();
    app.use(gate.routes(), gate.canonicalPaths());
    app.post('/orders', gate.requireScope('read'), framework.json(), (request, response) => {
      response.json({ got: request.body as unknown });
    });
    const { send } = await client(app);
    const { access_token } = await signIn(JOHN, 'read');
    const headers = [`Authorization: Bearer ${access_token}`, 'Content-Type: application/json'];
    expect((await send('POST', '/orders', headers, '{"a":[1]}')).body).toBe('{"got":{"a":[1]}}');
    // A refused body is never read; the response is sent nevertheless.
    expect((await send('POST', '/orders', ['Content-Type: application/json'], '{"a":[1]}')).status).toBe(401);
  });

  describe('behind middleware that sets headers', () => {
    /** Middleware that sets headers like helmet, or like a careless host. */
    const decorate: RequestHandler = (_request, response, next) => {
      response.removeHeader('X-Powered-By');
      response.setHeader('Content-Security-Policy', "default-src 'self'");
      response.setHeader('Strict-Transport-Security', 'max-age=31536000');
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Cache-Control', 'public, max-age=600');
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.setHeader('WWW-Authenticate', 'Negotiate');
      next();
    };
    /** A logger that wraps the response, as many do. */
    const wrap: RequestHandler = (_request, response, next) => {
      const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => typeof response;
      response.writeHead = ((...args: unknown[]) => writeHead(...args)) as typeof response.writeHead;
      next();
    };

    const open = async () => {
      const { gate } = aGate();
      const app = framework();
      app.use(decorate, wrap, gate.routes());
      app.get('/orders', gate.requireScope('read'), answerOk);
      return client(app);
    };

    test('S-160 S-161 S-166 responses keep the headers of the host and cannot be cached or read as HTML', async () => {
      const { post, send } = await open();
      const answers = [
        await post('/token'),
        await post('/token', 'grant_type=password'),
        await send('POST', '/token', [FORM], PASSWORD_FORM),
        await send('GET', '/token'),
        await send('GET', '/orders'),
        await send('GET', '/orders', ['Authorization: Bearer bad']),
        await send('GET', '/health/live'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 405, 401, 401, 200]);
      for (const answer of answers) {
        expect(valuesOf(answer, 'cache-control')).toEqual(['no-store']);
        expect(valuesOf(answer, 'content-type')).toEqual(['application/json']);
        expect(valuesOf(answer, 'x-content-type-options')).toEqual(['nosniff']);
        expect(valuesOf(answer, 'content-security-policy')).toEqual(["default-src 'self'"]);
        expect(valuesOf(answer, 'strict-transport-security')).toEqual(['max-age=31536000']);
        expect(valuesOf(answer, 'x-powered-by')).toEqual([]);
        expect(valuesOf(answer, 'etag')).toEqual([]);
        expect(() => JSON.parse(answer.body) as unknown).not.toThrow();
      }
    });

    test('S-209 the challenge is that of the gate', async () => {
      const { send } = await open();
      expect(valuesOf(await send('GET', '/orders'), 'www-authenticate')).toEqual([
        'Bearer realm="127.0.0.1", scope="read", resource_metadata="http://127.0.0.1/.well-known/oauth-protected-resource"',
      ]);
      expect(valuesOf(await send('POST', '/token', [FORM], PASSWORD_FORM), 'www-authenticate')).toEqual([
        'Basic realm="127.0.0.1", charset="UTF-8"',
      ]);
    });
  });

  test('S-209 two guards on one route are both checked, and a refusal has one challenge', async () => {
    const { gate, signIn } = aGate();
    const app = framework();
    app.use(gate.requireToken());
    app.get('/orders', gate.requireScope('read'), gate.requireScope('update'), answerOk);
    const { send, status } = await client(app);
    expect(await status('GET', '/orders', (await signIn(JOHN, 'read update')).access_token)).toBe(200);
    const answer = await send('GET', '/orders', [`Authorization: Bearer ${(await signIn(JOHN, 'read')).access_token}`]);
    expect(answer.status).toBe(403);
    expect(valuesOf(answer, 'www-authenticate')).toEqual([expect.stringContaining('scope="update"')]);
    expect(valuesOf(await send('GET', '/orders'), 'www-authenticate')).toHaveLength(1);
  });

  test('S-202 an error of a handler behind a guard reaches the error handler of the host', async () => {
    const { gate, signIn } = aGate();
    const app = framework();
    app.get('/throws', gate.requireToken(), () => {
      throw new Error('canary');
    });
    app.get('/nexts', gate.requireToken(), (_request, _response, next) => next(new Error('canary')));
    app.use(((error: Error, _request, response, _next) => {
      response.status(599).json({ heard: error.message });
    }) satisfies express.ErrorRequestHandler);
    const { send } = await client(app);
    const headers = [`Authorization: Bearer ${(await signIn()).access_token}`];
    for (const path of ['/throws', '/nexts']) {
      const answer = await send('GET', path, headers);
      expect([path, answer.status, answer.body]).toEqual([path, 599, '{"heard":"canary"}']);
    }
  });
});
