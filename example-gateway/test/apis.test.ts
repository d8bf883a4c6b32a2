import { challengeOf } from '../../test/support/http/challenge';
import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { aGateway, anApi, anApplication, JOHN, type KeyPair, type TestGateway } from './support/gateway';
import { echoUpstream, unusedAddress, type EchoUpstream } from './support/upstream';

const SANDBOX: KeyPair = { consumerKey: 'sandbox', consumerSecret: 'sandbox-secret' };
const STRANGER: KeyPair = { consumerKey: 'stranger', consumerSecret: 'stranger-secret' };

const GET = ['GET /orders HTTP/1.1'];

describe('an API that an application does not subscribe to', () => {
  let orders: EchoUpstream;
  let books: EchoUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    [orders, books] = [await echoUpstream(), await echoUpstream()];
    const apis = { orders: anApi(orders.url), books: anApi(books.url, { context: '/books' }) };
    const applications = [anApplication(), anApplication({ ...STRANGER, name: 'Stranger', subscriptions: [] })];
    gateway = await aGateway({ keys: { apis, applications } });
  });

  it('answers 403 without a scope in the challenge to its tokens, and sends the upstream nothing', async () => {
    const token = await gateway.token('read');
    expect((await gateway.send(GET, { token })).status).toBe(200);
    const refused = await gateway.send(['GET /books HTTP/1.1'], { token });
    expectCleanAnswer(refused, { status: 403, from: 'guard', error: 'insufficient_scope' });
    expect(challengeOf(refused).parameters).not.toHaveProperty('scope');
    expect(books.seen).toHaveLength(0);
  });

  it('refuses its tokens on a resource that accepts any live token, and serves them on a public one', async () => {
    const token = await gateway.token('read');
    expect((await gateway.send(['GET /books/any HTTP/1.1'], { token })).status).toBe(403);
    expect((await gateway.send(['GET /books/health HTTP/1.1'], { token })).status).toBe(200);
  });

  it('grants no scope to an application without subscriptions', async () => {
    const form = { grant_type: 'client_credentials', scope: 'read' };
    const { body } = await gateway.post('/token', form, STRANGER);
    expect(body['scope']).toBe('default');
    const refused = await gateway.send(GET, { token: String(body['access_token']) });
    expectCleanAnswer(refused, { status: 403, from: 'guard', error: 'insufficient_scope' });
  });
});

describe('a token of a sandbox key', () => {
  const applications = [anApplication({ sandbox: SANDBOX })];

  const sandboxToken = (gateway: TestGateway): Promise<string> => gateway.token('read update', JOHN, SANDBOX);

  it('is served by the sandbox upstream of the API, and a production token never is', async () => {
    const [production, sandbox] = [await echoUpstream(), await echoUpstream()];
    const apis = { orders: anApi(production.url, { sandbox: `${sandbox.url}/try` }) };
    const gateway = await aGateway({ keys: { apis, applications } });

    const token = await sandboxToken(gateway);
    expect((await gateway.send(['PUT /orders/1?a=b HTTP/1.1'], { token, body: '{}' })).status).toBe(200);
    expect(sandbox.only()).toMatchObject({ method: 'PUT', url: '/try/1?a=b', body: '{}' });
    expect(sandbox.only().headers).toContainEqual(['X-Authenticated-Client', 'sandbox']);
    expect(production.seen).toHaveLength(0);

    expect((await gateway.send(GET, { token: await gateway.token() })).status).toBe(200);
    expect(production.seen).toHaveLength(1);
    expect(sandbox.seen).toHaveLength(1);
  });

  it('is ignored by a public resource, which always uses the production upstream', async () => {
    const [production, sandbox] = [await echoUpstream(), await echoUpstream()];
    const apis = { orders: anApi(production.url, { sandbox: sandbox.url }) };
    const gateway = await aGateway({ keys: { apis, applications } });
    await gateway.send(['GET /orders/health HTTP/1.1'], { token: await sandboxToken(gateway) });
    expect(production.only().url).toBe('/health');
    expect(sandbox.seen).toHaveLength(0);
  });

  it('is refused with 403 and no scope when the API has no sandbox', async () => {
    const production = await echoUpstream();
    const gateway = await aGateway({ upstream: production.url, keys: { applications } });
    const refused = await gateway.send(GET, { token: await sandboxToken(gateway) });
    expectCleanAnswer(refused, { status: 403, from: 'guard', error: 'insufficient_scope' });
    expect(challengeOf(refused).parameters).not.toHaveProperty('scope');
    expect(production.seen).toHaveLength(0);
  });

  it('is answered 502 while the sandbox is down, and never falls back to production', async () => {
    const production = await echoUpstream();
    const apis = { orders: anApi(production.url, { sandbox: await unusedAddress() }) };
    const gateway = await aGateway({ keys: { apis, applications } });
    const failed = await gateway.send(GET, { token: await sandboxToken(gateway) });
    expectCleanAnswer(failed, { status: 502, from: 'gateway', error: 'bad_gateway' });
    expect(gateway.lines.at(-1)).toMatchObject({ api: 'orders', environment: 'sandbox', status: 502 });
    expect(production.seen).toHaveLength(0);
  });

  it('does not change data outside the sandbox when both upstreams are demos', async () => {
    const apis = { orders: anApi('demo:orders', { sandbox: 'demo:orders' }) };
    const gateway = await aGateway({ keys: { apis, applications } });
    const [sandbox, production] = [await sandboxToken(gateway), await gateway.token()];
    const body = '{"status":"lost"}';
    expect((await gateway.send(['PUT /orders/1 HTTP/1.1'], { token: sandbox, body })).body).toContain('lost');
    const orderFor = async (token: string) =>
      (JSON.parse((await gateway.send(['GET /orders/1 HTTP/1.1'], { token })).body) as { order: object }).order;
    expect(await orderFor(sandbox)).toMatchObject({ id: '1', status: 'lost' });
    expect(await orderFor(production)).toMatchObject({ id: '1', status: 'open' });
  });
});
