import express from 'express';
import type { ApiDeclaration } from 'scopegate';
import { withLifecycle } from '../../src/guard/lifecycle';
import type { ProtectedResource } from '../../src/guard/protected-resource';
import { aGate, JOHN, subscribing, type TestScope } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { rawRequest, sendRaw, serve, valuesOf } from '../support/http/raw-http';

const DATES = { deprecation: '2027-01-01', sunset: '2027-06-30' };
const HEADERS = { Deprecation: ['@1798761600'], Sunset: ['Wed, 30 Jun 2027 00:00:00 GMT'] };

/** An API with this lifecycle behind a real server, with a route guard of its own at `/single`. */
const served = async (lifecycle: ApiDeclaration['lifecycle'], more: { readonly cors?: boolean } = {}) => {
  const orders: ApiDeclaration<TestScope> = {
    ...(lifecycle === undefined ? {} : { lifecycle }),
    resources: [
      { path: '/', methods: ['GET'], scopes: ['read'] },
      { path: '/health', methods: ['GET'], public: true },
    ],
  };
  const { gate, signIn } = aGate({ apis: { orders }, applications: subscribing('orders'), ...more });
  const events = recordEvents(gate);
  const app = express();
  const api = gate.api('orders');
  app.get('/single', api.requireScope('read'), (_request, response) => void response.json({}));
  app.use('/orders', api, (_request, response) => void response.json({}));
  const { port } = await serve(app);
  const { access_token: token } = await signIn(JOHN, 'read');
  const get = (target: string, ...headers: readonly string[]) =>
    sendRaw(port, rawRequest([`GET ${target} HTTP/1.1`, 'Host: h', 'Connection: close', ...headers]));
  return { gate, events, get, token, withToken: (target: string) => get(target, `Authorization: Bearer ${token}`) };
};

type Answer = Awaited<ReturnType<typeof sendRaw>>;

const datesOf = (answer: Answer) => ({
  Deprecation: valuesOf(answer, 'Deprecation'),
  Sunset: valuesOf(answer, 'Sunset'),
});

describe('a guard of a deprecated API', () => {
  it('lets requests through, and announces the dates in every response', async () => {
    const { get, withToken } = await served({ status: 'deprecated', ...DATES });
    const answers = [
      [await withToken('/orders'), 200],
      [await get('/orders/health'), 200],
      [await withToken('/single'), 200],
      [await get('/orders'), 401],
      [await get('/orders/none'), 404],
    ] as const;
    for (const [answer, status] of answers) {
      expect(answer.status).toBe(status);
      expect(datesOf(answer)).toEqual(HEADERS);
    }
  });

  it('announces nothing without dates', async () => {
    const { withToken } = await served('deprecated');
    const answer = await withToken('/orders');
    expect(answer.status).toBe(200);
    expect(datesOf(answer)).toEqual({ Deprecation: [], Sunset: [] });
  });
});

describe('a guard of a retired API', () => {
  it('answers every request with 410, whatever its path and token', async () => {
    const { get, withToken, events } = await served({ status: 'retired', sunset: DATES.sunset });
    for (const answer of [
      await withToken('/orders'),
      await get('/orders'),
      await get('/orders/health'),
      await get('/orders/none'),
      await withToken('/single'),
    ]) {
      expect(answer.status).toBe(410);
      expect(JSON.parse(answer.body)).toEqual({ error: 'retired', error_description: expect.any(String) });
      expect(datesOf(answer)).toEqual({ Deprecation: [], Sunset: HEADERS.Sunset });
      expect(valuesOf(answer, 'WWW-Authenticate')).toEqual([]);
    }
    expect(events.filter(({ type }) => type === 'deny')).toEqual(
      Array.from({ length: 5 }, () => expect.objectContaining({ status: 410, reason: 'retired', api: 'orders' })),
    );
  });

  it('is explained', async () => {
    const { gate, token } = await served('retired');
    expect(await gate.explain(token, { method: 'GET', path: '/orders' })).toMatchObject({
      allowed: false,
      status: 410,
      reason: 'retired',
      summary: 'This request would be refused (410 retired): the API is retired.',
    });
  });

  it('lets scripts of other origins read the response', async () => {
    const { get } = await served('retired', { cors: true });
    const answer = await get('/orders', 'Origin: https://app.example.com');
    expect(answer.status).toBe(410);
    expect(valuesOf(answer, 'Access-Control-Allow-Origin')).toEqual(['*']);
  });
});

describe('a guard of a published API without dates', () => {
  it('is the same handler, so that the lifecycle costs nothing', () => {
    const handler = (): void => undefined;
    const resource = { api: { lifecycle: { status: 'published' } }, refusals: {} } as unknown as ProtectedResource;
    expect(withLifecycle(handler, resource, { refuse: () => undefined })).toBe(handler);
  });
});
