import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { after, until } from '../../test/support/time/waiting';
import { RequestBody } from '../src/proxy/request-body';
import { ClientShares } from '../src/proxy/client-shares';
import { aGateway, type TestGateway } from './support/gateway';
import { anUpstream, rawUpstream, type CustomUpstream } from './support/upstream';

const clients = new Set<Socket>();

afterEach(() => {
  for (const client of clients) client.destroy();
  clients.clear();
});

/** Opens connections that send a head and the beginning of a body. @returns what each received so far */
const begin = (gateway: TestGateway, count: number, length: number, first: string): readonly (() => string)[] =>
  Array.from({ length: count }, () => {
    const client = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
    clients.add(client);
    let received = '';
    client.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
    });
    client.write(`POST /orders/health HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${first}`);
    return () => received;
  });

/** An upstream that responds when it has read the whole body. */
const readingUpstream = (): Promise<CustomUpstream> =>
  anUpstream((request, response) => {
    request.resume().on('end', () => response.end('read'));
  });

const refused = (received: readonly (() => string)[]): number =>
  received.filter((read) => read().startsWith('HTTP/1.1 429 ')).length;

describe('responses that their clients do not read', () => {
  it('take only the share of one client of the connections to the upstream', async () => {
    const upstream = await anUpstream((request, response) => {
      response.end(request.headers['x-large'] === undefined ? 'small' : Buffer.alloc(20_000_000));
    });
    const limits = { upstreamSockets: 4, uploadsPerClient: 2 };
    const gateway = await aGateway({ upstream: upstream.url, limits });
    for (let count = 0; count < 4; count += 1) {
      const client = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
      clients.add(client);
      client.pause();
      client.write('GET /orders/health HTTP/1.1\r\nHost: a\r\nX-Large: 1\r\n\r\n');
    }
    await until(() => upstream.sockets.size === 4);
    await until(() => upstream.sockets.size === 2);
    expect(await gateway.send(['GET /orders/health HTTP/1.1'])).toMatchObject({ status: 200, body: 'small' });
  });

  it('count no longer when they are read', async () => {
    const upstream = await anUpstream((_request, response) => response.end(Buffer.alloc(20_000_000)));
    const gateway = await aGateway({ upstream: upstream.url, limits: { uploadsPerClient: 1 } });
    for (let count = 0; count < 2; count += 1) {
      const client = connect(gateway.port, '127.0.0.1');
      clients.add(client);
      let received = 0;
      client.pause();
      client.on('data', (bytes: Buffer) => {
        received += bytes.length;
      });
      client.write('GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
      await after(1_200);
      client.resume();
      await until(() => received > 20_000_000);
    }
  });
});

describe('bodies that do not arrive', () => {
  it('take no connection to the upstream, and delay no other request', async () => {
    const upstream = await readingUpstream();
    const gateway = await aGateway({ upstream: upstream.url });
    const token = await gateway.token('read');
    const received = begin(gateway, 256, 100, '{');
    await until(() => refused(received) === 128);
    expect(upstream.sockets.size).toBe(0);
    const began = performance.now();
    expect((await gateway.send(['GET /orders HTTP/1.1'], { token })).status).toBe(200);
    expect((await gateway.send(['POST /orders HTTP/1.1'], { token, body: '{"a":1}' })).status).toBe(200);
    expect(performance.now() - began).toBeLessThan(4_000); // and not after a time limit
    expect(refused(received)).toBe(128);
  });

  it('take no more than the share of one client when they are large', async () => {
    const upstream = await readingUpstream();
    const limits = { upstreamSockets: 4, uploadsPerClient: 2 };
    const gateway = await aGateway({ upstream: upstream.url, limits });
    const received = begin(gateway, 12, 1_000_000, 'x'.repeat(100_000));
    await until(() => refused(received) === 10);
    expect((await gateway.send(['GET /orders/health HTTP/1.1'])).status).toBe(200);
    expect((await gateway.send(['POST /orders/health HTTP/1.1'], { body: 'small' })).status).toBe(200);
  });

  it('take no connection when they have been refused and go on', async () => {
    const upstream = await readingUpstream();
    const gateway = await aGateway({ upstream: upstream.url, limits: { uploadsPerClient: 0 } });
    const received = begin(gateway, 3, 100_000, '{');
    await until(() => refused(received) === 3);
    for (const client of clients) client.write('x'.repeat(99_999));
    await until(() => [...clients].every(({ writableLength }) => writableLength === 0));
    expect((await gateway.send(['GET /orders/health HTTP/1.1'])).status).toBe(200);
    expect(upstream.sockets.size).toBe(1);
  });

  it('are refused with 429, when to retry, and nothing of the upstream in the log', async () => {
    const upstream = await readingUpstream();
    const gateway = await aGateway({ upstream: upstream.url, limits: { uploadsPerClient: 1 } });
    const received = begin(gateway, 2, 100, '{');
    await until(() => refused(received) === 1);
    const [response = ''] = received.map((read) => read()).filter((text) => text !== '');
    expect(response).toMatch(/\r\nRetry-After: 1\r\n/);
    expect(response).toContain('"error":"too_many_requests"');
    expect(gateway.lines.filter(({ msg }) => msg === 'An upstream failed')).toEqual([]);
  });

  it('no longer count when they are complete or their clients have disconnected', async () => {
    const upstream = await readingUpstream();
    const gateway = await aGateway({ upstream: upstream.url, limits: { uploadsPerClient: 1 } });
    for (const end of [(client: Socket) => void client.write('}'), (client: Socket) => void client.destroy()]) {
      const received = begin(gateway, 2, 2, '{');
      await until(() => refused(received) === 1);
      for (const client of clients) end(client);
      clients.clear();
      await until(async () => {
        const [next = () => ''] = begin(gateway, 1, 2, '{');
        await after(20); // so that the rest does not arrive with the head
        for (const client of clients) client.write('}');
        await until(() => next() !== '');
        return next().includes('read');
      });
    }
  });
});

describe('an upload', () => {
  it('is answered with 504 if the upstream stops reading it for longer than it may be silent', async () => {
    const upstream = await rawUpstream((socket) => {
      socket.once('data', () => setImmediate(() => socket.pause()));
    });
    const timeouts = { connect: 5_000, response: 10_000, idle: 300 };
    const gateway = await aGateway({ upstream: upstream.url, limits: { timeouts } });
    const began = performance.now();
    const [received = () => ''] = begin(gateway, 1, 50_000_000, 'x'.repeat(30_000_000));
    await until(() => received() !== '');
    expect(received()).toMatch(/^HTTP\/1\.1 504 /);
    expect(performance.now() - began).toBeGreaterThan(300);
  });

  it('moves the deadline with each part that the upstream takes, even if the client is always ahead', async () => {
    const stream = new PassThrough({ highWaterMark: 1_000_000 });
    const request = Object.assign(stream, { complete: false, headers: { 'content-length': '500000' } });
    let changes = 0;
    const body = new RequestBody(request as unknown as IncomingMessage, () => {
      changes += 1;
      expect(body.isClientAwaited).toBe(false);
    });
    request.write(Buffer.alloc(100_000));
    await new Promise<void>((resolve) => {
      body.whenReady(resolve);
    });
    const parts = (body.content() as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    for (let taken = 1; taken <= 5; taken += 1) {
      expect((await parts.next()).value).toHaveLength(100_000);
      expect(changes).toBe(taken);
      request.write(Buffer.alloc(100_000));
    }
    body.close();
  });

  it('may arrive slowly, however short the time limits of the upstream are', async () => {
    const upstream = await readingUpstream();
    const timeouts = { connect: 1_000, response: 1_000, idle: 1_000 };
    const gateway = await aGateway({ upstream: upstream.url, limits: { timeouts } });
    const [received = () => ''] = begin(gateway, 1, 20_001, 'x'.repeat(20_000));
    const [client] = clients;
    await after(1_300);
    client?.write('x');
    await until(() => received().includes('read'));
  });
});

describe('the uploads of a client', () => {
  it('have a bound, which others do not share', () => {
    const uploads = new ClientShares(2);
    const ends = [uploads.begin('192.0.2.1'), uploads.begin('192.0.2.1')];
    expect(uploads.begin('192.0.2.1')).toBeUndefined();
    expect(uploads.begin('192.0.2.2')).toBeDefined();
    ends[0]?.();
    expect(uploads.begin('192.0.2.1')).toBeDefined();
    expect(uploads.begin('192.0.2.1')).toBeUndefined();
  });
});
