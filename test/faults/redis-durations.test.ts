import { Registry } from 'prom-client';
import { aFaultProxy } from '../support/redis/fault-proxy';
import { aGate } from '../support/gate/gate';
import { samplesOf } from '../support/gate/metrics';
import { ownRedis, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { clientForm } from '../support/tokens/forms';
import { until } from '../support/time/waiting';
import { aForgery } from '../support/tokens/tokens';

const NAME = 'scopegate_redis_duration_seconds';

let own: OwnRedis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
});

/** The value of a sample, such as `count` or `bucket{le="0.1"}`. */
const sampleIn = async (registry: Registry, sample: string): Promise<number> => {
  const lines = samplesOf(await registry.getSingleMetricAsString(NAME));
  return Number(
    lines
      .find((line) => line.startsWith(`${NAME}_${sample} `))
      ?.split(' ')
      .at(-1),
  );
};

const aHarness = async (deadline = 5_000) => {
  const registry = new Registry();
  const proxy = await aFaultProxy(own.url);
  const tested = aGate({ redis: aRedis({}, proxy.url), deadline, metrics: registry, cache: false });
  await tested.gate.ready();
  const read = (sample: string): Promise<number> => sampleIn(registry, sample);
  return { tested, proxy, read };
};

describe('the histogram of Redis', () => {
  it('counts each command of a request once', async () => {
    const { tested, read } = await aHarness();
    const before = await read('count');
    await tested.get('/me', aForgery()).expect(401);
    expect(await read('count')).toBe(before + 1);
    expect(await read('bucket{le="+Inf"}')).toBe(before + 1);
    expect(await read('sum')).toBeGreaterThan(0);
  });

  it('measures how long Redis takes', async () => {
    const { tested, proxy, read } = await aHarness();
    const before = { count: await read('count'), sum: await read('sum'), fast: await read('bucket{le="0.05"}') };
    proxy.slow({ of: 'others', direction: 'down', delayMs: 60 });
    await tested.get('/me', aForgery()).expect(401);
    proxy.heal();
    expect(await read('count')).toBe(before.count + 1);
    expect((await read('sum')) - before.sum).toBeGreaterThanOrEqual(0.06);
    expect(await read('bucket{le="0.05"}')).toBe(before.fast);
  });

  it('includes replies that arrive after their deadline', async () => {
    const { tested, proxy, read } = await aHarness(200);
    const before = { count: await read('count'), below: await read('bucket{le="0.1"}') };
    const held = proxy.hold('answer', ':a');
    await tested.get('/me', aForgery()).expect(503);
    expect(await read('count')).toBe(before.count);
    held.letGo();
    await until(async () => (await read('count')) > before.count);
    expect(await read('bucket{le="0.1"}')).toBe(before.below);
  });

  it('includes error replies of Redis', async () => {
    const { tested, read } = await aHarness();
    const redis = await own.client();
    await redis.config('SET', 'maxmemory', '1');
    const before = await read('count');
    await tested.token(clientForm()).expect(503);
    await redis.config('SET', 'maxmemory', '0');
    expect(await read('count')).toBeGreaterThan(before);
  });

  it('does not include commands that were lost with their connection', async () => {
    const { tested, proxy, read } = await aHarness();
    const before = await read('count');
    const held = proxy.hold('command', ':a');
    const answer = tested.get('/me', aForgery()).then(({ status }) => status);
    await held.arrived;
    proxy.cut();
    expect(await answer).toBe(503);
    expect(await read('count')).toBe(before);
  });

  it('does not exist without Redis', async () => {
    const registry = new Registry();
    aGate({ metrics: registry });
    expect(registry.getSingleMetric(NAME)).toBeUndefined();
  });
});
