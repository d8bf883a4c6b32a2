import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { ownRedis, randomPrefix, redisAddress } from '../../test/support/redis/redis';
import { until } from '../../test/support/time/waiting';
import { aGateway, anApi, type TestGateway } from './support/gateway';
import { unusedAddress } from './support/upstream';

const GET = ['GET /orders HTTP/1.1'];

const readiness = async (gateway: TestGateway): Promise<number> =>
  (await gateway.send(['GET /health/ready HTTP/1.1'])).status;

const untilReady = (gateway: TestGateway): Promise<void> => until(async () => (await readiness(gateway)) === 200);

describe('a gateway with Redis', () => {
  it('stores tokens so that another gateway accepts them', async () => {
    const keys = { prefix: randomPrefix() };
    const first = await aGateway({ redis: redisAddress(), keys });
    const second = await aGateway({ keys: { ...keys, redis: redisAddress() } });
    const token = await first.token('read');
    expect((await second.send(GET, { token })).status).toBe(200);
    expect(first.lines.some(({ msg }) => /memory/.test(msg))).toBe(false);
  });

  it('logs when no Redis is configured', async () => {
    const gateway = await aGateway();
    expect(gateway.lines).toContainEqual(expect.objectContaining({ level: 40, store: 'memory' }));
  });

  it('starts while Redis is unavailable, logs it, and recovers by itself', async () => {
    const redis = await ownRedis();
    await redis.stop();
    const gateway = await aGateway({ redis: redis.url }); // it would never start if it waited for Redis

    const ready = await gateway.send(['GET /health/ready HTTP/1.1']);
    expectCleanAnswer(ready, { status: 503, allow: ['redis'] });
    expect((await gateway.send(['GET /health/live HTTP/1.1'])).status).toBe(200);
    expect((await gateway.send(['GET /orders/health HTTP/1.1'])).status).toBe(200);
    const text = `sga_${'a'.repeat(63)}`;
    expectCleanAnswer(await gateway.send(GET, { token: text }), { status: [401, 503], from: 'guard' });

    await redis.start();
    await untilReady(gateway);
    const token = await gateway.token('read');
    expect((await gateway.send(GET, { token })).status).toBe(200);
  });

  it('refuses guarded requests while Redis is unavailable, and serves public ones', async () => {
    const redis = await ownRedis();
    const gateway = await aGateway({ redis: redis.url, keys: { apis: { orders: anApi('demo:orders') } } });
    const token = await gateway.token('read');
    await redis.stop();
    expectCleanAnswer(await gateway.send(GET, { token }), {
      status: 503,
      from: 'guard',
      error: 'temporarily_unavailable',
    });
    expect((await gateway.send(['GET /orders/health HTTP/1.1'], { token })).status).toBe(200);
    expect((await gateway.send(['GET /health/live HTTP/1.1'])).status).toBe(200);
    await redis.start();
    await untilReady(gateway);
    expectCleanAnswer(await gateway.send(GET, { token }), { status: 401, from: 'guard' }); // it came back empty
  });

  it('is not ready on a Redis that may evict keys, unless its file has redisMayEvict: true', async () => {
    const redis = await ownRedis();
    const admin = await redis.client();
    await admin.config('SET', 'maxmemory', '100mb');
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    const refusing = await aGateway({ redis: redis.url, limits: { storeDeadline: 100 } });
    const ready = await refusing.send(['GET /health/ready HTTP/1.1']);
    expect([ready.status, ready.body]).toEqual([503, expect.stringContaining('{"redis":"evicting"}')]);
    expect(refusing.lines).toContainEqual(
      expect.objectContaining({ level: 50, policy: 'allkeys-lru', msg: expect.stringContaining('redisMayEvict') }),
    );
    const accepting = await aGateway({ redis: redis.url, keys: { redisMayEvict: true } });
    expect(await readiness(accepting)).toBe(200);
  });

  it('stops while Redis is unavailable', async () => {
    const { port } = new URL(await unusedAddress());
    const gateway = await aGateway({ redis: `redis://127.0.0.1:${port}`, limits: { storeDeadline: 100 } });
    await gateway.close();
    // Its port may belong to another server in the meantime, which does not serve this path.
    const answer = await fetch(`${gateway.url}/health/live`).catch(() => undefined);
    expect(answer?.status).not.toBe(200);
  });
});
