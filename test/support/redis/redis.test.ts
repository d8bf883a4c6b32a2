import { ownRedis, randomPrefix, testRedis, testRedis5 } from './redis';

describe('the Redis of the test run', () => {
  it.each([
    ['ioredis 6', testRedis],
    ['ioredis 5', testRedis5],
  ])('answers %s', async (_name, connect) => {
    const redis = await connect();
    const key = `${randomPrefix()}key`;
    await redis.set(key, 'value', 'EX', 10);
    expect(await redis.get(key)).toBe('value');
    redis.disconnect();
  });

  it.each(['socket', 'port'] as const)(
    'offers further servers on a %s that can freeze, stop and come back empty',
    async (over) => {
      const own = await ownRedis({ over });
      const redis = await own.client();
      await redis.set('key', 'value');

      own.pause();
      const answered = await Promise.race([
        redis.get('key'),
        new Promise((resolve) => {
          setTimeout(resolve, 100, 'nothing');
        }),
      ]);
      expect(answered).toBe('nothing');
      own.resume();
      expect(await redis.get('key')).toBe('value');

      await own.stop();
      await own.start();
      expect(await redis.get('key')).toBeNull();
      redis.disconnect();
      own.pause();
      await own.close();
      await own.close();
    },
  );
});
