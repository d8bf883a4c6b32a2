import request from 'supertest';
import { aGate } from '../support/gate/gate';
import { ownRedis, randomPrefix } from '../support/redis/redis';
import { until } from '../support/time/waiting';

describe('the health endpoints', () => {
  test('answer 200 to GET and HEAD without a token, and 405 to other methods', async () => {
    const { app } = aGate();
    const live = await request(app).get('/health/live');
    expect([live.status, live.body, live.headers['cache-control']]).toEqual([200, { status: 'ok' }, 'no-store']);
    const ready = await request(app).get('/health/ready');
    expect([ready.status, ready.body]).toEqual([200, { status: 'ok', stores: { memory: 'ok' } }]);
    for (const path of ['/health/live', '/health/ready']) {
      const head = await request(app).head(path);
      expect([head.status, head.text]).toEqual([200, undefined]);
      const post = await request(app).post(path);
      expect([post.status, post.headers['allow'], post.body.error]).toEqual([405, 'GET, HEAD', 'method_not_allowed']);
    }
  });

  test('S-303 S-164 report which store is unavailable, and nothing more, and recover by themselves', async () => {
    const server = await ownRedis();
    const redis = await server.client();
    const { gate, app, get, signIn } = aGate({ redis, prefix: randomPrefix() });
    redis.disconnect(); // the gate has a connection of its own
    await gate.ready();
    expect((await request(app).get('/health/ready')).body).toEqual({ status: 'ok', stores: { redis: 'ok' } });
    const { access_token } = await signIn();

    await server.stop();
    await until(async () => (await request(app).get('/health/ready')).status === 503);
    const ready = await request(app).get('/health/ready');
    expect([ready.body, ready.headers['retry-after']]).toEqual([
      { status: 'unavailable', stores: { redis: 'away' } },
      '1',
    ]);
    expect((await request(app).get('/health/live')).status).toBe(200);
    const guarded = await get('/me', access_token);
    expect([guarded.status, guarded.headers['retry-after']]).toEqual([503, '1']);

    await server.start();
    await gate.ready();
    expect((await request(app).get('/health/ready')).status).toBe(200);
    await signIn();
    await gate.close();
    await server.close();
  });
});
