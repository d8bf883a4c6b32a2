import { Registry } from 'prom-client';
import { samplesOf } from '../../test/support/gate/metrics';
import { exchangeRaw } from '../../test/support/http/raw-http';
import { deferred } from '../../test/support/time/deferred';
import { until } from '../../test/support/time/waiting';
import { createHttpMetrics } from '../src/metrics/http-metrics';
import { aGateway, type GatewayOptions, type TestGateway } from './support/gateway';
import { metricsAddress } from './support/metrics';
import { anUpstream } from './support/upstream';

const measured = ({ keys, ...options }: GatewayOptions = {}): Promise<TestGateway> =>
  aGateway({ ...options, keys: { metrics: { port: 0 }, ...keys } });

const samplesIn = async (gateway: TestGateway): Promise<readonly string[]> =>
  samplesOf(await (await fetch(metricsAddress(gateway))).text());

/** The samples of the counter, without its name. */
const requestsIn = async (gateway: TestGateway): Promise<readonly string[]> => {
  const name = 'scopegate_http_requests_total';
  const samples = (await samplesIn(gateway)).filter((sample) => sample.startsWith(name));
  return samples.map((sample) => sample.slice(name.length)).sort();
};

/** Waits until so many requests are counted, which happens when their connections have their responses. */
const counted = async (gateway: TestGateway, count: number): Promise<readonly string[]> => {
  let samples: readonly string[] = [];
  await until(async () => {
    samples = await requestsIn(gateway);
    return samples.reduce((sum, sample) => sum + Number(sample.split(' ').at(-1)), 0) >= count;
  });
  return samples;
};

describe('the metrics of requests', () => {
  it('have the path of the resource as declared, without the context', async () => {
    const gateway = await measured();
    const token = await gateway.token('read');
    for (const path of ['/orders', '/orders/1', '/orders/2?a=b']) {
      await gateway.send([`GET ${path} HTTP/1.1`], { token });
    }
    await gateway.send(['PUT /orders/1 HTTP/1.1'], { token });
    await gateway.send(['GET /orders HTTP/1.1']);
    expect(await counted(gateway, 6)).toEqual([
      '{api="(gate)",resource="token",method="POST",status="200"} 1',
      '{api="orders",resource="/",method="GET",status="200"} 1',
      '{api="orders",resource="/",method="GET",status="401"} 1',
      '{api="orders",resource="/:id",method="GET",status="200"} 2',
      '{api="orders",resource="/:id",method="PUT",status="403"} 1',
    ]);
  });

  it('have one value for all unknown paths, and one for all unknown methods', async () => {
    const gateway = await measured({ keys: { portal: '/store' } });
    for (let number = 0; number < 5; number += 1) {
      await gateway.send([`GET /unknown/${number} HTTP/1.1`]);
      await gateway.send([`GET /orders/1/${number} HTTP/1.1`]);
      await gateway.send([`GET /store/${number} HTTP/1.1`]);
    }
    for (const method of ['PROPFIND', 'MKCOL']) await gateway.send([`${method} /unknown HTTP/1.1`]);
    await gateway.send(['GET //orders HTTP/1.1']);
    await gateway.send(['GET /health/ready HTTP/1.1']);
    expect(await counted(gateway, 19)).toEqual([
      '{api="(gate)",resource="ready",method="GET",status="200"} 1',
      '{api="(none)",resource="(none)",method="GET",status="400"} 1',
      '{api="(none)",resource="(none)",method="GET",status="404"} 5',
      '{api="(none)",resource="(none)",method="OTHER",status="404"} 2',
      '{api="(portal)",resource="(none)",method="GET",status="404"} 5',
      '{api="orders",resource="(none)",method="GET",status="404"} 5',
    ]);
  });

  it('measure the whole request, by the class of its status', async () => {
    const upstream = await anUpstream((_request, response) => {
      response.write('first');
      setTimeout(() => response.end('last'), 60);
    });
    const gateway = await measured({ upstream: upstream.url });
    await gateway.send(['GET /orders/health HTTP/1.1']);
    await counted(gateway, 1);
    const labels = 'api="orders",resource="/health",method="GET",status_class="2xx"';
    const samples = await samplesIn(gateway);
    const valueOf = (start: string) =>
      Number(
        samples
          .find((sample) => sample.startsWith(start))
          ?.split(' ')
          .at(-1),
      );
    expect(valueOf(`scopegate_http_request_duration_seconds_count{${labels}}`)).toBe(1);
    expect(valueOf(`scopegate_http_request_duration_seconds_sum{${labels}}`)).toBeGreaterThanOrEqual(0.055);
  });

  it('count a client that disconnects before the response as 499, and requests in flight', async () => {
    const arrived = deferred();
    const upstream = await anUpstream(() => arrived.resolve());
    const gateway = await measured({ upstream: upstream.url });
    const sent = exchangeRaw(gateway.port, 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n', { deadlineMs: 1_000 });
    await arrived.promise;
    expect(await samplesIn(gateway)).toContain('scopegate_http_requests_in_flight 1');
    await sent;
    expect(await counted(gateway, 1)).toEqual(['{api="orders",resource="/health",method="GET",status="499"} 1']);
    expect(await samplesIn(gateway)).toContain('scopegate_http_requests_in_flight 0');
  });

  it('have a bounded number of statuses, whatever upstreams choose', async () => {
    const registry = new Registry();
    const { onFinished } = createHttpMetrics(registry);
    const request = { method: 'GET', api: 'orders', resource: '/', durationMs: 1, requestId: 'a', isAborted: false };
    for (let status = 200; status <= 999; status += 1) onFinished({ ...request, status });
    const samples = samplesOf(await registry.getSingleMetricAsString('scopegate_http_requests_total'));
    expect(samples.length).toBeLessThan(75);
    expect(samples).toContain('scopegate_http_requests_total{api="orders",resource="/",method="GET",status="7xx"} 100');
  });

  it('of several processes add up', async () => {
    const registry = new Registry();
    createHttpMetrics(registry);
    const metrics = await registry.getMetricsAsJSON();
    expect(metrics.map(({ aggregator }) => aggregator)).toEqual(['sum', 'sum', 'sum']);
  });
});
