import express from 'express';
import request from 'supertest';
import { scopegate } from 'scopegate';
import { aClock } from '../support/time/clock';
import { onRedis } from '../support/stores/every-store';
import { aGate, closeAtEnd, JOHN, recordedLogger } from '../support/gate/gate';
import { randomPrefix, testRedis5 } from '../support/redis/redis';
import { refreshForm } from '../support/tokens/forms';

describe('the quick start', () => {
  test.each([
    ['the embedded store', async () => ({})],
    ['an ioredis 6 client', onRedis],
    [
      'an ioredis 5 client',
      async () => {
        const redis = await testRedis5();
        closeAtEnd({ close: async () => redis.disconnect() });
        return { redis, prefix: randomPrefix() };
      },
    ],
  ])(
    'S-080 S-118 on %s: a resource that needs update accepts a token for it and refuses one for read only',
    async (_name, store) => {
      const { signIn, token, get, put, served } = aGate(await store());
      const both = await signIn(JOHN, 'read update');
      expect(both).toEqual({
        access_token: expect.stringMatching(/^sga_/),
        refresh_token: expect.stringMatching(/^sgr_/),
        token_type: 'Bearer',
        expires_in: 3_600,
        scope: 'read update',
      });
      expect((await put('/orders/1', both.access_token)).status).toBe(200);

      const read = await signIn(JOHN, 'read');
      expect((await get('/orders', read.access_token)).status).toBe(200);
      expect(served()).toBe(2);
      const refused = await put('/orders/1', read.access_token);
      expect([refused.status, refused.body.scope]).toEqual([403, 'update']);
      expect(served()).toBe(2);

      const again = await token(refreshForm(both.refresh_token));
      expect([again.status, again.body.scope]).toEqual([200, 'read update']);
      expect((await put('/orders/1', again.body.access_token as string)).status).toBe(200);
    },
  );

  test('S-107 S-109 grants no scope that was not requested, and the response says `default`', async () => {
    const { signIn, get } = aGate();
    const { access_token, scope } = await signIn(JOHN);
    expect(scope).toBe('default');
    expect((await get('/orders', access_token)).status).toBe(403);
    expect((await get('/me', access_token)).body).toMatchObject({ scopes: [] });
  });

  test('S-194 issues an access token that is valid for the announced lifetime, to the millisecond', async () => {
    const clock = aClock();
    const { signIn, get } = aGate({ clock: clock.now, tokens: { accessTokenLifetime: 60 } });
    const { access_token, expires_in } = await signIn();
    clock.advance(expires_in - 0.001);
    expect((await get('/me', access_token)).status).toBe(200);
    clock.advance(0.001);
    expect((await get('/me', access_token)).status).toBe(401);
    clock.advance(-3_600);
    expect((await get('/me', access_token)).status).toBe(401);
  });
});

test('routes() is one middleware that passes all other requests on', async () => {
  const { logger } = recordedLogger();
  const gate = closeAtEnd(scopegate({ issuer: 'http://127.0.0.1', logger }));
  const app = express()
    .use(gate.routes())
    .use((_request, response) => {
      response.status(418).end();
    });
  for (const path of ['/', '/tokens', '/health', '/.well-known/nothing'])
    expect((await request(app).get(path)).status).toBe(418);
});
