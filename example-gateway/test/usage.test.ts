import { scopegate } from 'scopegate';
import { closeAtEnd } from '../../test/support/gate/gate';
import { randomPrefix, redisAddress, testRedis } from '../../test/support/redis/redis';
import { until } from '../../test/support/time/waiting';
import { aGateway, anApi, type TestGateway } from './support/gateway';
import { RawClient } from './support/raw-client';
import { anUpstream, unusedAddress } from './support/upstream';
import { handshakeWith, openedClient } from './support/web-socket';
import { webSocketUpstream } from './support/web-socket-upstream';

/** A gateway with a portal, and a gate on the same Redis that reads what the gateway has counted. */
const open = async (upstream: string, api = {}): Promise<{ gateway: TestGateway; read: () => Promise<Found> }> => {
  const prefix = randomPrefix();
  const keys = { prefix, redis: redisAddress(), portal: '/store', apis: { orders: anApi(upstream, api) } };
  const gateway = await aGateway({ keys });
  const redis = await testRedis();
  const reader = closeAtEnd(scopegate({ issuer: 'http://127.0.0.1', redis, prefix }));
  return { gateway, read: () => reader.usage.find('key') };
};

type Found = Awaited<ReturnType<ReturnType<typeof scopegate>['usage']['find']>>;

/** An upstream that answers with the status in the path, after a while if the path says so. */
const statusUpstream = () =>
  anUpstream((request, response) => {
    const [, status, milliseconds = '0'] = /\/(\d{3})(?:-(\d+))?/.exec(request.url ?? '') ?? [];
    setTimeout(() => response.writeHead(Number(status ?? 200)).end('done'), Number(milliseconds));
  });

describe('the usage of applications in the gateway', () => {
  it('has the statuses of upstreams, and the exact number of requests of each kind', async () => {
    const { url } = await statusUpstream();
    const { gateway, read } = await open(url);
    const token = await gateway.token('read');
    for (const status of [200, 201, 302, 404, 410, 500, 503]) {
      expect((await gateway.send([`GET /orders/${status} HTTP/1.1`], { token })).status).toBe(status);
    }
    expect((await gateway.send(['DELETE /orders/1 HTTP/1.1'], { token })).status).toBe(403);
    expect((await gateway.send(['GET /orders/health HTTP/1.1'], { token })).status).toBe(200); // public
    expect((await gateway.send(['GET /orders/200 HTTP/1.1'])).status).toBe(401);
    await gateway.close();
    const { total, spans } = await read();
    expect(total).toMatchObject({
      requests: 8,
      refused: { forbidden: 1, limited: 0, other: 0 },
      responses: { success: 2, redirect: 1, clientError: 2, serverError: 2, cancelled: 0 },
    });
    expect(spans.every(({ api, environment }) => api === 'orders' && environment === 'production')).toBe(true);
  });

  it('has 502 of an upstream that cannot be reached as a server error', async () => {
    const { gateway, read } = await open(await unusedAddress());
    const token = await gateway.token('read');
    expect((await gateway.send(['GET /orders HTTP/1.1'], { token })).status).toBe(502);
    await gateway.close();
    expect((await read()).total).toMatchObject({ requests: 1, responses: { serverError: 1 } });
  });

  it('measures until the end of a response that was passed on', async () => {
    const { url } = await statusUpstream();
    const { gateway, read } = await open(url);
    const token = await gateway.token('read');
    for (let count = 0; count < 3; count += 1) await gateway.send(['GET /orders/200-300 HTTP/1.1'], { token });
    await gateway.close();
    expect((await read()).total.latency?.p50).toBeGreaterThan(250);
  });

  it('has a WebSocket once, when its handshake is answered, and without a latency', async () => {
    const upstream = await webSocketUpstream();
    const { gateway, read } = await open(upstream.url, { websocket: true });
    const token = await gateway.token('read');
    const client = await openedClient(gateway, handshakeWith({ Authorization: `Bearer ${token}` }));
    await until(async () => (await read()).total.requests === 1); // written while the WebSocket is open
    client.socket.destroy();
    await gateway.close();
    const { total } = await read();
    expect(total).toMatchObject({ requests: 1, responses: { success: 1 } });
    expect(total.latency).toBeUndefined();
  });

  it('has an event stream once, when it ends, and without a latency', async () => {
    const { url } = await anUpstream((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: first\n\n');
      setTimeout(() => response.end('data: last\n\n'), 1_200);
    });
    const { gateway, read } = await open(url);
    const token = await gateway.token('read');
    const lines = ['GET /orders HTTP/1.1', 'Host: a', `Authorization: Bearer ${token}`, 'Connection: close', '', ''];
    const client = new RawClient(gateway.url).write(lines.join('\r\n'));
    await client.waitFor('data: last');
    await client.waitForEnd();
    await gateway.close();
    const { total } = await read();
    expect(total).toMatchObject({ requests: 1, responses: { success: 1, cancelled: 0 } });
    expect(total.latency).toBeUndefined();
  });

  it('is not counted with `usage: false`', async () => {
    const { url } = await statusUpstream();
    const prefix = randomPrefix();
    const keys = { prefix, redis: redisAddress(), portal: '/store', usage: false, apis: { orders: anApi(url) } };
    const gateway = await aGateway({ keys });
    await gateway.send(['GET /orders/200 HTTP/1.1'], { token: await gateway.token('read') });
    await gateway.close();
    const redis = await testRedis();
    expect(await redis.keys(`${prefix}{a.*`)).toEqual([]);
  });
});
