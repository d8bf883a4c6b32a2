import type { Socket } from 'node:net';
import { Registry } from 'prom-client';
import { samplesOf } from '../../test/support/gate/metrics';
import { until } from '../../test/support/time/waiting';
import { aggregate, readMetricValues } from '../src/metrics/metric-values';
import { createUpstreamMetrics } from '../src/metrics/upstream-metrics';
import { kindOfFailure } from '../src/proxy/upstream-failure';
import { aGateway, type TestGateway } from './support/gateway';
import { metricsAddress } from './support/metrics';
import { anUpstream, leavingUpstream, rawUpstream } from './support/upstream';

const gatewayTo = (upstream: string): Promise<TestGateway> =>
  aGateway({
    upstream,
    keys: { metrics: { port: 0 } },
    limits: { timeouts: { connect: 800, response: 800, idle: 800 } },
  });

/** The samples of upstreams, without buckets and sums. */
const upstreamSamples = async (gateway: TestGateway): Promise<readonly string[]> => {
  const page = await (await fetch(metricsAddress(gateway))).text();
  return samplesOf(page).filter((sample) => /^scopegate_upstream_(?!.*(?:_bucket\{|_sum\{))/.test(sample));
};

const HEALTH = ['GET /orders/health HTTP/1.1'];

describe('the metrics of an upstream', () => {
  it('count its responses, whatever their status, with the time until they begin', async () => {
    const upstream = await anUpstream((_request, response) => {
      setTimeout(() => response.writeHead(500).end('no'), 30);
    });
    const gateway = await gatewayTo(upstream.url);
    for (let times = 0; times < 3; times += 1) expect((await gateway.send(HEALTH)).status).toBe(500);
    expect(await upstreamSamples(gateway)).toEqual(['scopegate_upstream_duration_seconds_count{api="orders"} 3']);
    const page = await (await fetch(metricsAddress(gateway))).text();
    const sum = /^scopegate_upstream_duration_seconds_sum\{api="orders"\} (\S+)$/m.exec(page)?.[1];
    expect(Number(sum)).toBeGreaterThanOrEqual(0.08);
  });

  it('do not include the time of the body', async () => {
    let finish = (): void => undefined;
    const upstream = await anUpstream((_request, response) => {
      response.writeHead(200).write('first');
      finish = () => response.end('last');
    });
    const gateway = await gatewayTo(upstream.url);
    const answer = gateway.send(HEALTH);
    await until(async () => (await upstreamSamples(gateway)).length > 0);
    finish();
    expect((await answer).status).toBe(200);
  });

  it('do not include requests that the gateway refuses', async () => {
    const upstream = await anUpstream((_request, response) => response.end('ok'));
    const gateway = await gatewayTo(upstream.url);
    expect((await gateway.send(['GET /orders HTTP/1.1'])).status).toBe(401);
    expect(await upstreamSamples(gateway)).toEqual([]);
  });

  const failing: readonly (readonly [reason: string, behave: (socket: Socket) => void])[] = [
    ['closed', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['closed', (socket) => socket.once('data', () => socket.end())],
    ['invalid', (socket) => socket.once('data', () => socket.end('hello\r\n\r\n'))],
    ['timeout', () => undefined],
  ];

  it.each(failing)('count a failure with the reason %s, and no response', async (reason, behave) => {
    const gateway = await gatewayTo((await rawUpstream(behave)).url);
    expect([502, 504]).toContain((await gateway.send(HEALTH)).status);
    expect(await upstreamSamples(gateway)).toEqual([
      `scopegate_upstream_failures_total{api="orders",reason="${reason}"} 1`,
    ]);
  });

  it('count a refused connection with the reason connect', async () => {
    const { url, leave } = await leavingUpstream();
    const gateway = await gatewayTo(url);
    await leave();
    expect((await gateway.send(HEALTH)).status).toBe(502);
    expect(await upstreamSamples(gateway)).toEqual([
      'scopegate_upstream_failures_total{api="orders",reason="connect"} 1',
    ]);
  });
});

describe('the number of servers that are left out', () => {
  it('is that of the worker that leaves out most, because all have the same servers', async () => {
    const registries = [new Registry(), new Registry(), new Registry()];
    const [first, second, third] = registries.map(createUpstreamMetrics);
    for (const worker of [first, second, third]) worker?.onOpenedGroup('orders');
    first?.onEjected('orders');
    second?.onEjected('orders');
    second?.onEjected('orders');
    third?.onEjected('orders');
    third?.onReturned('orders');
    const page = await aggregate(await Promise.all(registries.map(readMetricValues))).metrics();
    expect(samplesOf(page)).toContain('scopegate_upstream_servers_ejected{api="orders"} 2');
  });
});

describe('the reason of a failure', () => {
  it.each([
    ['ENOTFOUND', 'connect'],
    ['ETIMEDOUT', 'timeout'],
    ['EPIPE', 'closed'],
    ['HPE_INVALID_CONSTANT', 'invalid'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['SOMETHING_ELSE', 'other'],
    ['unknown', 'other'],
  ])('is one of a short list: %s is %s', (code, reason) => {
    expect(kindOfFailure(code)).toBe(reason);
  });
});
