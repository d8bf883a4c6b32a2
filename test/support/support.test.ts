import express from 'express';
import request from 'supertest';
import { aClock } from './time/clock';
import { expectCleanAnswer } from './expect/clean-answer';
import { exchangeRaw, rawRequest, sendRaw, serve, valuesOf } from './http/raw-http';
import { ownRedis, randomPrefix, testRedis, testRedis5 } from './redis/redis';

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

describe('the test clock', () => {
  it('does not advance until it is moved', () => {
    const clock = aClock(1_000);
    expect(clock.now()).toBe(1_000);
    for (let step = 0; step < 10; step += 1) clock.advance(0.1);
    expect(clock.now()).toBe(1_001);
    clock.set(5.25);
    expect(clock.now()).toBe(5.25);
  });
});

describe('the raw HTTP client', () => {
  const app = express();
  app.get('/text', (_request, response) => void response.send('grün'));
  app.get('/chunks', (_request, response) => {
    response.write('one ');
    response.write('two');
    response.end();
  });
  app.post('/echo', (incoming, response) => void incoming.pipe(response));
  app.get('/two', (_request, response) => {
    response.setHeader('X-Two', ['a', 'b']);
    response.status(204).end();
  });
  app.get('/silent', () => undefined);
  let port: number;
  beforeAll(async () => {
    ({ port } = await serve(app));
  });

  const get = (path: string, ...lines: string[]) => rawRequest([`GET ${path} HTTP/1.1`, 'Host: x', ...lines]);

  it('returns a response with a length, and the connection stays open', async () => {
    const response = await sendRaw(port, get('/text'));
    expect(response).toMatchObject({ status: 200, reason: 'OK', body: 'grün', closed: false, leftover: '' });
    expect(valuesOf(response, 'CONTENT-LENGTH')).toEqual(['5']);
  });

  it('returns a response in chunks, and reports that the connection was closed', async () => {
    const response = await sendRaw(port, get('/chunks', 'Connection: close'));
    expect(response).toMatchObject({ status: 200, body: 'one two', closed: true });
  });

  it('returns all responses of one connection, in order', async () => {
    const { responses } = await exchangeRaw(port, Buffer.concat([get('/chunks'), get('/two'), get('/text')]), {
      responses: 3,
    });
    expect(responses.map(({ status, body }) => [status, body])).toEqual([
      [200, 'one two'],
      [204, ''],
      [200, 'grün'],
    ]);
    expect(valuesOf(responses[1] ?? { headers: [] }, 'x-two')).toEqual(['a', 'b']);
  });

  it('expects no body for HEAD', async () => {
    const response = await sendRaw(port, 'HEAD /text HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(response).toMatchObject({ status: 200, body: '', leftover: '' });
  });

  it('sends bytes unchanged, in parts, and returns interim responses', async () => {
    async function* parts() {
      yield 'POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n';
      yield '\xc3';
      yield '\xbc';
      yield Uint8Array.of(0x21, 0x22);
    }
    expect(await sendRaw(port, parts())).toMatchObject({ status: 200, body: 'ü!"', interim: [100] });
  });

  it('returns a refusal by the HTTP parser', async () => {
    const response = await sendRaw(port, 'GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n');
    expect(response).toMatchObject({ status: 400, closed: true });
  });

  it('fails if no server answers', async () => {
    await expect(sendRaw(port, get('/silent'), { deadlineMs: 50 })).rejects.toThrow('There was no answer');
    await expect(sendRaw(port, 'GET /', { end: true })).resolves.toMatchObject({ status: 400 });
    const { responses, closed } = await exchangeRaw(port, get('/silent'), { deadlineMs: 50 });
    expect({ responses, closed }).toEqual({ responses: [], closed: false });
  });
});

describe('the response oracle', () => {
  const app = express();
  app.disable('x-powered-by');
  const headers = { 'Cache-Control': 'no-store', Pragma: 'no-cache', 'X-Content-Type-Options': 'nosniff' };
  app.get('/clean', (_request, response) => void response.set(headers).status(400).json({ error: 'invalid_grant' }));
  app.get('/leak', (_request, response) => {
    response.set(headers).status(500).json({ error: 'server_error', error_description: 'connect ECONNREFUSED' });
  });
  app.get('/stored', (_request, response) => void response.status(400).json({ error: 'invalid_grant' }));

  it('accepts a clean response, sent by supertest or raw', async () => {
    const { port } = await serve(app);
    const expected = { status: [400, 401], error: 'invalid_grant' };
    expect(expectCleanAnswer(await request(app).get('/clean'), expected)).toEqual({ error: 'invalid_grant' });
    expectCleanAnswer(await sendRaw(port, 'GET /clean HTTP/1.1\r\nHost: x\r\n\r\n'), expected);
  });

  it('fails on a response that reveals internals, may be stored, or has another status', async () => {
    const leak = await request(app).get('/leak');
    const stored = await request(app).get('/stored');
    expect(() => expectCleanAnswer(leak, { status: 500 })).toThrow('econn');
    expect(() => expectCleanAnswer(leak, { status: 400, allow: ['econn'] })).toThrow();
    expect(() => expectCleanAnswer(stored, { status: 400 })).toThrow('no-store');
    expect(() => expectCleanAnswer(stored, { status: 400, from: 'resource', without: ['grant'] })).toThrow('grant');
  });
});
