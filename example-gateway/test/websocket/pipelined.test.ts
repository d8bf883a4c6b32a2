import type { RequestListener, ServerResponse } from 'node:http';
import { until } from '../../../test/support/time/waiting';
import type { TestGateway } from '../support/gateway';
import { RawClient } from '../support/raw-client';
import { gatewayTo, handshakeWith, maskedTextFrame, openHandshake } from '../support/web-socket';
import { webSocketUpstream, type WebSocketUpstream } from '../support/web-socket-upstream';

const plain = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

const statusesIn = (text: string): readonly string[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status ?? '');

describe('a WebSocket handshake behind requests that are not answered yet', () => {
  let upstream: WebSocketUpstream;
  let gateway: TestGateway;
  let waiting: ServerResponse[];
  let respond: RequestListener;

  beforeEach(async () => {
    waiting = [];
    respond = (_request, response) => void waiting.push(response);
    upstream = await webSocketUpstream(undefined, (request, response) => respond(request, response));
    gateway = await gatewayTo(upstream.url);
  });

  it('is answered after them', async () => {
    const frame = maskedTextFrame('early');
    const client = new RawClient(gateway.url)
      .write(plain('/orders/health') + plain('/orders/health') + openHandshake)
      .write(frame);
    await until(() => waiting.length === 1);
    expect(upstream.sides).toHaveLength(0);
    waiting[0]?.end('first');
    await until(() => waiting.length === 2);
    expect(upstream.sides).toHaveLength(0);
    waiting[1]?.end('second');
    await client.waitFor('HTTP/1.1 101 ');
    expect(statusesIn(client.text)).toEqual(['200', '200', '101']);
    await until(() => upstream.last().received().equals(frame));
  });

  it('is answered after a refusal in the same packet', async () => {
    for (const path of ['/none', '/orders', '/orders/../orders']) {
      const client = new RawClient(gateway.url).write(plain(path) + openHandshake);
      await client.waitFor('HTTP/1.1 101 ');
      expect(statusesIn(client.text)).toHaveLength(2);
    }
  });

  it('is not answered behind a response that closes the connection', async () => {
    const client = new RawClient(gateway.url).write(
      plain('/orders/health').replace('Host: a', 'Host: a\r\nHost: b') + openHandshake,
    );
    await client.waitForEnd();
    expect(statusesIn(client.text)).toEqual(['400']);
    expect(upstream.sides).toHaveLength(0);
  });

  it('does not hold up a large response to a client that reads slowly', async () => {
    const size = 8 * 1024 * 1024;
    respond = (_request, response) => response.end(Buffer.alloc(size));
    const client = new RawClient(gateway.url);
    client.socket.pause();
    client.write(plain('/orders/health') + plain('/orders/health') + openHandshake);
    await until(() => client.socket.bytesWritten > 0);
    client.socket.resume();
    await client.waitFor('HTTP/1.1 101 ');
    expect(client.length).toBeGreaterThan(2 * size);
  });

  it.each(['end', 'resetAndDestroy'] as const)('is discarded if the client leaves before by %s', async (leave) => {
    for (const upgrade of ['websocket', 'h2c']) {
      const client = new RawClient(gateway.url).write(plain('/orders/health') + handshakeWith({ Upgrade: upgrade }));
      await until(() => waiting.length === 1);
      client.socket[leave]();
      await until(() => waiting[0]?.destroyed === true);
      waiting = [];
    }
    const stranger = new RawClient(gateway.url).write(openHandshake);
    await stranger.waitFor('HTTP/1.1 101 ');
    expect(upstream.sides).toHaveLength(1);
  });
});
