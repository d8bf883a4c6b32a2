import express, { type RequestHandler } from 'express';
import { scopegate, type Gate, type RefusalReason, type ScopegateOptions } from 'scopegate';
import type { Dialect } from '../../src/guard/refusal-bodies';
import { aClock } from '../support/time/clock';
import { APPLICATION, closeAtEnd, JANE, JOHN, recordedLogger, subscribing, gateOptions } from '../support/gate/gate';
import type { TestScope } from '../support/gate/gate';
import { rawRequest, sendRaw, serve, valuesOf } from '../support/http/raw-http';
import { ownRedis } from '../support/redis/redis';
import { APPLICATION_HEADER, basicHeader, FORM_TYPE, tokenRequest } from '../support/tokens/token-requests';
import { passwordForm, refreshForm } from '../support/tokens/forms';
import { aForgery } from '../support/tokens/tokens';

type Answer = Awaited<ReturnType<typeof sendRaw>>;

const INVALID = ['900901', 'Invalid Credentials'] as const;
const NO_RESOURCE = ['900906', 'No matching resource found in the API for the given request'] as const;
const FORBIDDEN = ['900908', 'Resource forbidden'] as const;

/** The code and the message of each reason that there is. */
const CODES: Readonly<Record<RefusalReason, readonly [code: string, message: string]>> = {
  no_token: ['900902', 'Missing Credentials'],
  invalid_request: INVALID,
  invalid_token: INVALID,
  insufficient_scope: ['900910', 'The access token does not allow you to access the requested resource'],
  wrong_audience: INVALID,
  not_subscribed: FORBIDDEN,
  no_sandbox: FORBIDDEN,
  plan_exceeded: ['900804', 'Message throttled out'],
  limit_exceeded: ['900802', 'Message throttled out'],
  temporarily_unavailable: ['900900', 'Unclassified Authentication Failure'],
  retired: NO_RESOURCE,
  not_canonical: NO_RESOURCE,
  not_found: NO_RESOURCE,
  method_not_allowed: NO_RESOURCE,
};

const [KEY] = APPLICATION;

const SANDBOX = { consumerKey: 'sandbox-key', consumerSecret: 'sandbox-secret' };
const document = {
  openapi: '3.0.0',
  paths: { '/': { get: { security: [{ oauth: ['read'] }] } } },
  components: { securitySchemes: { oauth: { type: 'oauth2' } } },
};

const ONE_A_DAY = { requests: 1, per: 86_400 };

const options: Partial<ScopegateOptions<TestScope>> = {
  plans: { daily: ONE_A_DAY },
  apis: {
    planned: { plans: ['daily'], resources: [{ path: '/', methods: ['GET'] }] },
    limited: { resources: [{ path: '/', methods: ['GET'], limit: ONE_A_DAY }] },
    orders: { resources: [{ path: '/', methods: ['GET', 'POST'], scopes: ['read', 'update'] }] },
    stock: { resources: [{ path: '/', methods: ['GET'] }] },
    old: { lifecycle: 'retired', resources: [{ path: '/', methods: ['GET'] }] },
  },
  applications: subscribing('orders', 'planned', 'limited').map((application) => ({
    ...application,
    sandbox: SANDBOX,
  })),
};

/** A gate that words its refusals so, and one guard of each kind. */
const guarded = async (errors: Dialect, more: Partial<ScopegateOptions<TestScope>> = {}) => {
  const base = { ...gateOptions(recordedLogger().logger), ...options, clock: aClock().now };
  const gate: Gate<TestScope> = closeAtEnd(scopegate<TestScope>({ ...base, errors, ...more }));
  const denied: string[] = [];
  gate.on('deny', ({ reason }) => denied.push(reason));
  const ok: RequestHandler = (_request, response) => void response.json({ served: true });
  const app = express().use(gate.routes());
  app.use('/orders', gate.api('orders'), ok).use('/stock', gate.api('stock'), ok);
  app.use('/old', gate.api('old'), ok);
  app.use('/planned', gate.api('planned'), ok).use('/limited', gate.api('limited'), ok);
  app.use('/by-method', gate.requireScope({ GET: 'read' }), ok).get('/admin', gate.requireScope('admin'), ok);
  app.use('/open-api', gate.fromOpenApi(document), ok).use('/paths', gate.canonicalPaths(), ok);
  const { port } = await serve(app);
  const send = (method: string, target: string, ...headers: readonly string[]) =>
    sendRaw(port, rawRequest([`${method} ${target} HTTP/1.1`, 'Host: gateway', 'Connection: close', ...headers]));
  const tokenOf = async (clientId: string, ...scopes: readonly TestScope[]) => {
    const { accessToken } = await gate.tokens.issue({ clientId, subject: JANE[0], scopes });
    return `Authorization: Bearer ${accessToken}`;
  };
  const tokenFor = async (resource: string) =>
    `Authorization: Bearer ${(await gate.tokens.issue({ clientId: KEY, resource })).accessToken}`;
  return { send, port, denied, tokenOf, tokenFor, token: (...scopes: readonly TestScope[]) => tokenOf(KEY, ...scopes) };
};

type Harness = Awaited<ReturnType<typeof guarded>>;
type Ask = (harness: Harness) => Promise<Answer>;

const unknownToken = () => `Authorization: Bearer ${aForgery()}`;
const BEARER = 'Authorization: Bearer x';

/** Each kind of refusal: the reason, the status, and the request that causes it. */
const refusals: readonly (readonly [name: string, reason: RefusalReason, status: number, ask: Ask])[] = [
  ['no token', 'no_token', 401, ({ send }) => send('GET', '/admin')],
  ['no token at an API', 'no_token', 401, ({ send }) => send('GET', '/orders')],
  ['no token, by HEAD', 'no_token', 401, ({ send }) => send('HEAD', '/orders')],
  ['another scheme', 'no_token', 401, ({ send }) => send('GET', '/admin', APPLICATION_HEADER)],
  ['two headers', 'invalid_request', 400, ({ send }) => send('GET', '/admin', BEARER, BEARER)],
  ['a token in the URL too', 'invalid_request', 400, ({ send }) => send('GET', '/orders?access_token=x', BEARER)],
  ['a malformed header', 'invalid_request', 400, ({ send }) => send('GET', '/orders', `${BEARER} y`)],
  ['a token of no shape', 'invalid_token', 401, ({ send }) => send('GET', '/admin', BEARER)],
  ['an unknown token', 'invalid_token', 401, ({ send }) => send('GET', '/orders', unknownToken())],
  [
    'too little scope',
    'insufficient_scope',
    403,
    async ({ send, token }) => send('GET', '/admin', await token('read')),
  ],
  [
    'too little of two scopes at an API',
    'insufficient_scope',
    403,
    async ({ send, token }) => send('POST', '/orders', await token('read')),
  ],
  [
    'a token for another resource',
    'wrong_audience',
    401,
    async ({ send, tokenFor }) => send('GET', '/stock', await tokenFor('http://127.0.0.1/orders')),
  ],
  ['a retired API', 'retired', 410, async ({ send, token }) => send('GET', '/old', await token())],
  ['no subscription', 'not_subscribed', 403, async ({ send, token }) => send('GET', '/stock', await token())],
  [
    'a sandbox token without a sandbox',
    'no_sandbox',
    403,
    async ({ send, tokenOf }) => send('GET', '/orders', await tokenOf(SANDBOX.consumerKey)),
  ],
  [
    'a second request in the window of a plan',
    'plan_exceeded',
    429,
    async ({ send, token }) => {
      await send('GET', '/planned', await token());
      return send('GET', '/planned', await token());
    },
  ],
  [
    'a second request in the window of a resource',
    'limit_exceeded',
    429,
    async ({ send, token }) => {
      await send('GET', '/limited', await token());
      return send('GET', '/limited', await token());
    },
  ],
  ['an undeclared path', 'not_found', 404, ({ send }) => send('GET', '/orders/1', BEARER)],
  ['an undeclared path of a document', 'not_found', 404, ({ send }) => send('GET', '/open-api/1')],
  ['an undeclared method', 'method_not_allowed', 405, ({ send }) => send('DELETE', '/orders', BEARER)],
  ['an undeclared method of a document', 'method_not_allowed', 405, ({ send }) => send('PUT', '/open-api')],
  ['a method without a rule', 'method_not_allowed', 405, ({ send }) => send('POST', '/by-method')],
  ['a path that is not canonical', 'not_canonical', 400, ({ send }) => send('GET', '/orders/%2e', BEARER)],
  ['one in front of other guards', 'not_canonical', 400, ({ send }) => send('GET', '/paths//x')],
];

/** All that a client gets but the body, its length and the time. */
const visibleParts = ({ status, reason, headers }: Answer) => ({
  status,
  reason,
  headers: headers.filter(([name]) => name !== 'Date' && name !== 'Content-Length'),
});

/** The two answers differ in the body alone, and that is the code's, with the same description. */
const expectReworded = (oauth: Answer, wso2: Answer, reason: RefusalReason): void => {
  expect(visibleParts(wso2)).toEqual(visibleParts(oauth));
  const { error_description: description } = JSON.parse(oauth.body) as { error_description: string };
  const [code, message] = CODES[reason];
  expect(wso2.body).toBe(JSON.stringify({ code, message, description }));
  expect(valuesOf(wso2, 'content-length')).toEqual([String(Buffer.byteLength(wso2.body))]);
};

describe('WSO2 error responses', () => {
  let oauth: Harness;
  let wso2: Harness;
  beforeAll(async () => {
    [oauth, wso2] = await Promise.all([guarded('oauth'), guarded('wso2')]);
  });

  it.each(refusals)('have a code, and the usual status and headers, for %s', async (name, reason, status, ask) => {
    const [before, after] = [await ask(oauth), await ask(wso2)];
    expect([before.status, oauth.denied.at(-1), wso2.denied.at(-1)]).toEqual([status, reason, reason]);
    if (name.endsWith('by HEAD')) {
      expect([visibleParts(after), after.body, after.leftover]).toEqual([visibleParts(before), '', '']);
    } else {
      expectReworded(before, after, reason);
    }
  });

  it('have the code 900900 and Retry-After while the store is unavailable', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const rigs = [await guarded('oauth', { redis }), await guarded('wso2', { redis })] as const;
    redis.disconnect();
    await server.stop();
    for (const target of ['/orders', '/admin']) {
      const [before, after] = await Promise.all(rigs.map(({ send }) => send('GET', target, unknownToken())));
      if (before === undefined || after === undefined) throw new Error('there are two gates');
      expect([after.status, valuesOf(after, 'retry-after')]).toEqual([503, ['1']]);
      expectReworded(before, after, 'temporarily_unavailable');
    }
  });

  it('exist for every reason with which a guard can refuse', () => {
    const tried = new Set<string>([...refusals.map(([, reason]) => reason), 'temporarily_unavailable']);
    expect([...tried].sort()).toEqual(Object.keys(CODES).sort());
  });

  it('S-165 contain no quote and no backslash in their texts, whatever the names of scopes', async () => {
    const odd = "!#$%&'()*+,-./:;<=>?@[]^_`{|}~";
    const { logger } = recordedLogger();
    const application = { name: 'App', consumerKey: KEY, consumerSecret: 'secret' };
    const scopes = { [odd]: '', plain: '' } as const;
    const gate = closeAtEnd(
      scopegate({ issuer: 'http://127.0.0.1', errors: 'wso2', scopes, applications: [application], logger }),
    );
    const { port } = await serve(express().get('/', gate.requireScope(odd, 'plain')));
    const { accessToken } = await gate.tokens.issue({ clientId: KEY });
    const refused = await sendRaw(
      port,
      rawRequest(['GET / HTTP/1.1', 'Host: gateway', `Authorization: Bearer ${accessToken}`]),
    );
    expect(JSON.parse(refused.body)).toHaveProperty('description', expect.stringContaining(`${odd}, plain`));

    const bodies = [refused.body, ...(await Promise.all(refusals.map(async ([, , , ask]) => (await ask(wso2)).body)))];
    for (const body of bodies.filter((text) => text !== '')) {
      for (const text of Object.values(JSON.parse(body) as Record<string, string>)) {
        expect(text).toMatch(/^[\x20\x21\x23-\x5B\x5D-\x7E]+$/);
      }
    }
  });

  it('are sent by guards only, and endpoints keep their format', async () => {
    const form = passwordForm([JOHN[0], 'wrong']);
    const wrong = [FORM_TYPE, basicHeader('key:wrong')];
    const requests = [
      ...['/token', '/revoke', '/introspect'].flatMap((target) => [
        tokenRequest({}, { target }),
        tokenRequest(form, { target, headers: wrong }),
        tokenRequest(form, { target, headers: [FORM_TYPE] }),
        tokenRequest('a=%', { target }),
        tokenRequest(form, { target, method: 'PUT' }),
        tokenRequest(form, { target, headers: ['Content-Type: text/plain'] }),
      ]),
      tokenRequest(form),
      tokenRequest(refreshForm('x')),
      tokenRequest({ grant_type: 'implicit' }),
      tokenRequest({ token: 'x' }, { target: '/revoke' }),
      tokenRequest({ token: 'x' }, { target: '/introspect' }),
      ...[
        '/health/live',
        '/.well-known/oauth-authorization-server',
        '/.well-known/oauth-protected-resource/orders',
      ].map((target) => tokenRequest('', { method: 'GET', target, headers: [] })),
    ];
    for (const request of requests) {
      const [before, after] = [await sendRaw(oauth.port, request), await sendRaw(wso2.port, request)];
      expect({ ...visibleParts(after), body: after.body }).toEqual({ ...visibleParts(before), body: before.body });
      expect(after.body).not.toContain('9009');
    }
  });
});
