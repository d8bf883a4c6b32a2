import type { Redis } from 'ioredis';
import { scopegate } from 'scopegate';
import { onRedis } from '../support/stores/every-store';
import { aGate, closeAtEnd } from '../support/gate/gate';
import { ownRedis, randomPrefix } from '../support/redis/redis';
import { until, after } from '../support/time/waiting';

describe('gate.ready', () => {
  test('resolves immediately on the embedded store', async () => {
    await aGate().gate.ready();
  });

  test('S-303 waits until Redis answers, and the first request after that succeeds', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    redis.disconnect(); // only its options are needed
    await server.stop();
    const { gate, signIn } = aGate({ redis, prefix: randomPrefix() });
    let isReady = false;
    const ready = gate.ready().then(() => {
      isReady = true;
    });
    await after(100);
    expect(isReady).toBe(false);
    await server.start();
    await ready;
    await signIn();
    await gate.close();
    await server.close();
  });

  test('rejects when the gate is closed', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    redis.disconnect(); // only its options are needed
    await server.stop();
    const { gate } = aGate({ redis, prefix: randomPrefix() });
    const ready = gate.ready();
    await gate.close();
    await ready;
    await server.close();
  });
});

describe('gate.close', () => {
  const connections = async (redis: Redis): Promise<number> =>
    String(await redis.client('LIST'))
      .trim()
      .split('\n').length;

  test('closes what the gate opened, and does not change the Redis client that was passed in', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const before = await connections(redis);
    const { gate, signIn, get } = aGate({ redis, prefix: randomPrefix() });
    await gate.ready();
    const { access_token } = await signIn();
    expect(await connections(redis)).toBeGreaterThan(before);

    await gate.close();
    await until(async () => (await connections(redis)) === before);
    expect(await redis.ping()).toBe('PONG');
    expect(redis.listenerCount('error')).toBe(1);
    expect((await get('/me', access_token)).status).toBe(503);
    await gate.close();
    redis.disconnect();
    await server.close();
  });

  test('discards tokens in memory, and no request is allowed afterwards', async () => {
    const { gate, signIn, get } = aGate();
    const { access_token } = await signIn();
    await gate.close();
    expect((await get('/me', access_token)).status).not.toBe(200);
    await gate.close();
  });
});

test('is preceded by a warning at the start that embedded stores lose their data, and by none with Redis', async () => {
  expect(aGate().lines).toMatchObject([
    { level: 'warn', fields: { store: 'memory' }, message: expect.stringContaining('lost when it ends') },
  ]);
  const { gate, lines } = aGate(await onRedis());
  await gate.ready();
  expect(lines).toEqual([]);
});

test('warnings become process warnings if there is no logger', async () => {
  const emitted = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  closeAtEnd(scopegate({ issuer: 'http://127.0.0.1' }));
  expect(emitted.mock.calls).toEqual([[expect.stringContaining('{"store":"memory"}'), 'ScopegateWarning']]);
  emitted.mockRestore();
});
