import { until } from '../../test/support/time/waiting';
import { aGateway, type TestGateway } from './support/gateway';
import { RawClient } from './support/raw-client';
import { anUpstream } from './support/upstream';

/** A gateway to an upstream whose responses begin and do not end. */
const gatewayTo = async (type: string): Promise<TestGateway> => {
  const { url } = await anUpstream((_request, response) => {
    response.writeHead(200, { 'Content-Type': type }).write('data: first\n\n');
  });
  return aGateway({ upstream: url, keys: { log: { access: true } } });
};

const read = async (gateway: TestGateway, path: string, token: string): Promise<RawClient> => {
  const lines = [`GET ${path} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${token}`, '', ''];
  const client = new RawClient(gateway.url).write(lines.join('\r\n'));
  await client.waitFor('data: first');
  return client;
};

describe('a response that does not end', () => {
  it('is closed when the token ends if it is an event stream', async () => {
    const gateway = await gatewayTo('text/event-stream; charset=utf-8');
    const [token, kept] = [await gateway.token('read'), await gateway.token('read')];
    const client = await read(gateway, '/orders', token);
    const staying = await read(gateway, '/orders', kept);
    expect((await gateway.post('/revoke', { token })).status).toBe(200);
    await client.waitForEnd();
    expect(staying.isEnded).toBe(false);
    await until(() => gateway.lines.at(-1)?.msg === 'request');
    expect(gateway.lines.findLast(({ aborted }) => aborted === true)).toMatchObject({ api: 'orders', status: 200 });
    staying.socket.destroy();
  });

  it('continues if it is anything else, or if its resource is public', async () => {
    const gateway = await gatewayTo('text/plain');
    const token = await gateway.token('read');
    const client = await read(gateway, '/orders', token);
    const stream = await gatewayTo('text/event-stream');
    const unused = await stream.token('read');
    const ofPublic = await read(stream, '/orders/health', unused);
    expect((await gateway.post('/revoke', { token })).status).toBe(200);
    expect((await stream.post('/revoke', { token: unused })).status).toBe(200);
    expect((await gateway.send(['GET /orders HTTP/1.1'], { token })).status).toBe(401);
    expect([client.isEnded, ofPublic.isEnded]).toEqual([false, false]);
    for (const { socket } of [client, ofPublic]) socket.destroy();
  });
});
