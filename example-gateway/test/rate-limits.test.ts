import { valuesOf, type RawResponse } from '../../test/support/http/raw-http';
import { aGateway, anApi, type TestGateway } from './support/gateway';
import { metricsAddress } from './support/metrics';
import { anUpstream, rawUpstream } from './support/upstream';

const DAY = 86_400;

/** A public resource with a limit, because these tests are about what the gateway adds to a guard. */
const resources = [
  { path: '/', methods: ['GET'], public: true, limit: { requests: 100, per: DAY } },
  { path: '/free', methods: ['GET'], public: true },
  { path: '/once', methods: ['GET'], public: true, limit: { requests: 1, per: DAY } },
];

const fieldsOf = (answer: RawResponse) => ({
  policy: valuesOf(answer, 'ratelimit-policy'),
  state: valuesOf(answer, 'ratelimit'),
});

const open = (upstream: { readonly url: string }, keys: Readonly<Record<string, unknown>> = {}): Promise<TestGateway> =>
  aGateway({ keys: { ...keys, apis: { orders: anApi(upstream.url, { resources }) } } });

/** An upstream that describes limits of its own. */
const limiting = () =>
  anUpstream((_request, response) => {
    response.setHeader('RateLimit', '"theirs";r=1;t=1');
    response.setHeader('rate_limit-policy', '"theirs";q=1;w=1');
    response.setHeader('RateLimit-Policy', '"theirs";q=1;w=1');
    response.end('done');
  });

describe('the gateway with limits', () => {
  it('sends its own fields in place of those of the upstream, and leaves those of other resources alone', async () => {
    const gateway = await open(await limiting());
    const answer = await gateway.send(['GET /orders HTTP/1.1']);
    expect(answer).toMatchObject({ status: 200, body: 'done' });
    expect(fieldsOf(answer)).toEqual({ policy: [`"resource";q=100;w=${DAY}`], state: [`"resource";r=99;t=${DAY}`] });
    expect(answer.headers.map(([name]) => name)).not.toContain('rate_limit-policy');
    const other = await gateway.send(['GET /orders/free HTTP/1.1']);
    expect(fieldsOf(other)).toEqual({ policy: ['"theirs";q=1;w=1'], state: ['"theirs";r=1;t=1'] });
  });

  it('sends them with its answers to a failure of the upstream as well', async () => {
    const gateway = await open(await rawUpstream((socket) => socket.destroy()));
    const answer = await gateway.send(['GET /orders HTTP/1.1']);
    expect(answer.status).toBe(502);
    expect(fieldsOf(answer).state).toEqual([`"resource";r=99;t=${DAY}`]);
  });

  it('refuses what is beyond a limit, logs it and counts it by the name of the limit', async () => {
    const keys = { log: { access: true }, metrics: { port: 0 } };
    const gateway = await open(await limiting(), keys);
    await gateway.send(['GET /orders/once HTTP/1.1']);
    const refused = await gateway.send(['GET /orders/once HTTP/1.1']);
    expect([refused.status, valuesOf(refused, 'retry-after')]).toEqual([429, [String(DAY)]]);
    expect(gateway.lines.at(-1)).toMatchObject({
      msg: 'request',
      api: 'orders',
      resource: '/once',
      status: 429,
      reason: 'limit_exceeded',
    });
    const metrics = await (await fetch(metricsAddress(gateway))).text();
    expect(metrics).toContain('scopegate_limited_total{limit="resource:/orders/once"} 1\n');
  });
});
