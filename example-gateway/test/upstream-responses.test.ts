import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import tls from 'node:tls';
import { exchangeRaw, valuesOf } from '../../test/support/http/raw-http';
import { after, until } from '../../test/support/time/waiting';
import { selfSignedCertificate } from './support/certificate';
import { aFile, aGateway, type TestGateway } from './support/gateway';
import { anUpstream, rawUpstream } from './support/upstream';

const GET = ['GET /orders/health HTTP/1.1'];
const POST = ['POST /orders/health HTTP/1.1'];
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Writes the parts one after the other, with a pause between them, to each request. */
const writing =
  (...parts: readonly string[]) =>
  (socket: Socket): void => {
    socket.on('data', async () => {
      for (const part of parts) {
        socket.write(part);
        await after(20);
      }
    });
  };

describe('an interim response of an upstream', () => {
  it.each([
    ['100, which nothing expects', ['HTTP/1.1 100 Continue\r\n\r\n', OK]],
    ['100 in front of the response', [`HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\n${OK}`]],
    ['100 twice', ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n', OK]],
    ['100 in pieces', ['HTTP/1.1 1', '00 Continue\r\n', 'X-A: 1\r\n\r', `\n${OK}`]],
    ['100 many times', ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(20_000), OK]],
    ['103', ['HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n', OK]],
    ['102 and 103', [`HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${OK}`]],
  ])('is not passed on, and the response is: %s', async (_, parts) => {
    const upstream = await rawUpstream(writing(...parts));
    const gateway = await aGateway({ upstream: upstream.url });
    for (let sent = 0; sent < 2; sent += 1) {
      expect(await gateway.send(POST, { body: 'x' })).toMatchObject({ status: 200, body: 'ok' });
      expect(await gateway.send(GET)).toMatchObject({ status: 200, body: 'ok' });
    }
    expect(upstream.sockets.size).toBe(1);
  });

  it('is not looked for in a body', async () => {
    const body = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n';
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`;
    const upstream = await rawUpstream(writing(head, body.slice(0, 25), body.slice(25)));
    const gateway = await aGateway({ upstream: upstream.url });
    expect(await gateway.send(GET)).toMatchObject({ status: 200, body });
  });
});

describe('the body of an upstream', () => {
  it.each([
    ['without a length', 'HTTP/1.1 200 OK\r\n\r\nhello', 'hello'],
    ['without a length, of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nhello', 'hello'],
    [
      'with a length, before it closes',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
      'hello',
    ],
    [
      'in chunks, before it closes',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      'hello',
    ],
  ])('ends where the upstream ends it: %s', async (_, response, body) => {
    const upstream = await rawUpstream((socket) => void socket.once('data', () => socket.end(response)));
    const gateway = await aGateway({ upstream: upstream.url });
    for (let sent = 0; sent < 3; sent += 1) expect(await gateway.send(GET)).toMatchObject({ status: 200, body });
  });

  it.each([
    ['a HEAD request', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', 200],
    ['a HEAD request, in chunks', 'HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', 200],
    ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n', 204],
    ['304 with a length', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', 304],
  ])('is not waited for if there is none: %s', async (_, method, response, status) => {
    const upstream = await rawUpstream((socket) => void socket.on('data', () => socket.write(response)));
    const gateway = await aGateway({ upstream: upstream.url });
    for (let sent = 0; sent < 3; sent += 1) {
      const answer = await gateway.send([`${method} /orders/health HTTP/1.1`]);
      expect(answer).toMatchObject({ status, body: '' });
      if (response.includes('Length')) expect(valuesOf(answer, 'content-length')).toEqual(['5']);
    }
  });

  it('has no length if the status is 204', async () => {
    const upstream = await rawUpstream(writing('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello'));
    const gateway = await aGateway({ upstream: upstream.url });
    const answer = await gateway.send(GET);
    expect(answer).toMatchObject({ status: 204, body: '' });
    expect(valuesOf(answer, 'content-length')).toEqual([]);
  });

  it.each([
    ['gzip', 'hello'],
    ['gzip, chunked', '5\r\nhello\r\n0\r\n\r\n'],
    ['chunked, identity', '5\r\nhello\r\n0\r\n\r\n'],
    ['xchunked', '5\r\nhello\r\n0\r\n\r\n'],
  ])('is refused in a transfer coding other than chunked: %s', async (coding, body) => {
    const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: ${coding}\r\n\r\n${body}`;
    const upstream = await rawUpstream((socket) => void socket.once('data', () => socket.end(text)));
    const gateway = await aGateway({ upstream: upstream.url });
    expect((await gateway.send(GET)).status).toBe(502);
    expect(gateway.lines.at(-1)).toMatchObject({ reason: 'responded with headers that HTTP does not allow' });
  });

  it('is not looked for behind a status below 100', async () => {
    const upstream = await rawUpstream(writing('HTTP/1.1 099 Odd\r\nContent-Length: 5\r\n\r\nhello'));
    const gateway = await aGateway({ upstream: upstream.url });
    expect((await gateway.send(GET)).status).toBe(502);
    expect(gateway.lines.at(-1)).toMatchObject({ reason: 'sent something other than HTTP' });
  });

  it('is written to the log if it ends too early, with the reason', async () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello';
    const upstream = await rawUpstream((socket) => void socket.once('data', () => socket.end(text)));
    const gateway = await aGateway({ upstream: upstream.url });
    await exchangeRaw(gateway.port, 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    const line = { level: 40, api: 'orders', method: 'GET', msg: 'An upstream did not complete its response' };
    expect(gateway.lines.at(-1)).toMatchObject(line);
  });
});

describe('a connection that an upstream closes while it is idle', () => {
  /** Answers the first request of each connection, and closes it instead of answering the second. */
  const leavesAfterOne = (requests: string[]) =>
    rawUpstream((socket) => {
      let count = 0;
      socket.on('data', (bytes: Buffer) => {
        requests.push(bytes.toString('latin1').split(' ', 1)[0] ?? '');
        count += 1;
        if (count === 1) socket.write(OK);
        else socket.destroy();
      });
    });

  it.each(['GET', 'HEAD'])('does not fail a %s request: it is repeated on another connection, once', async (method) => {
    const requests: string[] = [];
    const upstream = await leavesAfterOne(requests);
    const gateway = await aGateway({ upstream: upstream.url });
    expect((await gateway.send(GET)).status).toBe(200);
    expect((await gateway.send([`${method} /orders/health HTTP/1.1`])).status).toBe(200);
    expect(requests).toEqual(['GET', method, method]);
  });

  it('is followed by a new one, although others are idle', async () => {
    const sockets = new Set<Socket>();
    let requests = 0;
    const upstream = await rawUpstream((socket) => {
      socket.on('data', () => {
        requests += 1;
        if (sockets.has(socket)) return void socket.destroy();
        sockets.add(socket);
        // The first five together, so that they need as many connections.
        if (requests === 5) for (const open of sockets) open.write(OK);
        return requests > 5 ? void socket.write(OK) : undefined;
      });
    });
    const gateway = await aGateway({ upstream: upstream.url });
    await Promise.all(Array.from({ length: 5 }, () => gateway.send(GET)));
    expect((await gateway.send(GET)).status).toBe(200);
    expect(requests).toBe(7);
  });

  it.each([
    ['a POST request', POST, ''],
    ['a request with a body', GET, 'x'],
  ])('fails %s, which could have had an effect', async (_, lines, body) => {
    const requests: string[] = [];
    const upstream = await leavesAfterOne(requests);
    const gateway = await aGateway({ upstream: upstream.url });
    expect((await gateway.send(GET)).status).toBe(200);
    expect((await gateway.send(lines, { body })).status).toBe(502);
    expect(requests).toHaveLength(2);
  });

  it('is closed by the gateway after four seconds, or earlier if the upstream announces less', async () => {
    const upstream = await rawUpstream(
      writing(`HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 2\r\n\r\nok`),
    );
    const gateway = await aGateway({ upstream: upstream.url });
    expect((await gateway.send(GET)).status).toBe(200);
    expect(upstream.sockets.size).toBe(1);
    const began = performance.now();
    await until(() => upstream.sockets.size === 0);
    expect(performance.now() - began).toBeLessThan(3_500);
  });
});

describe('requests that a client pipelines', () => {
  it('reach the upstream in their order, each after the response to the one before', async () => {
    const events: string[] = [];
    const upstream = await anUpstream((request, response) => {
      events.push(`begin ${request.url}`);
      request.resume().on('end', () =>
        setTimeout(() => {
          events.push(`end ${request.url}`);
          response.end('ok');
        }, 20),
      );
    });
    const gateway = await aGateway({ upstream: upstream.url });
    const head = (method: string, id: number, length: string): string =>
      `${method} /orders/health?${id} HTTP/1.1\r\nHost: a\r\n${length}\r\n`;
    const post = `${head('POST', 1, 'Content-Length: 5\r\n')}hello`;
    const { responses } = await exchangeRaw(gateway.port, `${post}${head('GET', 2, '')}${head('GET', 3, '')}`, {
      responses: 3,
    });
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(events).toEqual([1, 2, 3].flatMap((id) => [`begin /health?${id}`, `end /health?${id}`]));
  });
});

describe('the requests that wait for a connection', () => {
  it('are bounded: the next is answered with 503', async () => {
    const upstream = await rawUpstream(() => undefined);
    const gateway = await aGateway({ upstream: upstream.url, limits: { upstreamSockets: 1 } });
    const clients = Array.from({ length: 5 }, () => connect(gateway.port, '127.0.0.1'));
    for (const client of clients) client.write('GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => upstream.sockets.size === 1);
    await after(50);
    const answer = await gateway.send(GET);
    expect(answer.status).toBe(503);
    expect(valuesOf(answer, 'retry-after')).toEqual(['1']);
    for (const client of clients) client.destroy();
  });

  it('get another one if the upstream closes that of the request before', async () => {
    const text = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok';
    const upstream = await rawUpstream((socket) => void socket.once('data', () => socket.end(text)));
    const gateway = await aGateway({ upstream: upstream.url, limits: { upstreamSockets: 1 } });
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, index) => gateway.send(index === 0 ? GET : POST, { body: 'x' })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('an event stream', () => {
  it('passes on its head and each event before the next is sent', async () => {
    let send = (_text: string): void => undefined;
    const upstream = await anUpstream((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).flushHeaders();
      send = (text) => void response.write(text);
    });
    const gateway = await aGateway({ upstream: upstream.url });
    const client = connect(gateway.port, '127.0.0.1');
    let received = '';
    client.on('data', (bytes: Buffer) => {
      received += bytes.toString();
    });
    client.write('GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => received.includes('\r\n\r\n'));
    for (let event = 0; event < 5; event += 1) {
      send(`data: ${event}\n\n`);
      await until(() => received.includes(`data: ${event}\n\n`));
    }
    client.destroy();
    await until(() => upstream.sockets.size === 0);
  });
});

describe('an upstream', () => {
  it('may have an IPv6 address', async () => {
    const server = createHttpServer((_request, response) => response.end('ok'));
    server.listen(0, '::1');
    await once(server, 'listening');
    const gateway = await aGateway({ upstream: `http://[::1]:${(server.address() as AddressInfo).port}` });
    expect(await gateway.send(GET)).toMatchObject({ status: 200, body: 'ok' });
    server.close();
    server.closeAllConnections();
  });

  const startTls = async () => {
    const cert = selfSignedCertificate();
    const key = readFileSync(join(dirname(aFile('', 'empty')), 'key.pem'));
    const server = createTlsServer({ cert, key }, (request, response) => {
      request.resume();
      if (request.method === 'GET') return void response.end('secret');
      response.writeHead(413, { Connection: 'close' }).end('too big');
      return void setImmediate(() => request.socket.destroySoon());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const close = (): void => {
      server.close();
      server.closeAllConnections();
    };
    return { url: `https://localhost:${port}`, cert, close };
  };

  it('must have a valid certificate if it is reached by https', async () => {
    const { url, close } = await startTls();
    const gateway: TestGateway = await aGateway({ upstream: url });
    expect((await gateway.send(GET)).status).toBe(502);
    expect(gateway.lines.at(-1)).toMatchObject({ reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    close();
  });

  it('is reached by https, and its early responses as well', async () => {
    const { url, cert, close } = await startTls();
    const { connect: connectTls } = tls;
    const spy = jest
      .spyOn(tls, 'connect')
      .mockImplementation((options) => connectTls({ ...(options as tls.ConnectionOptions), ca: cert }));
    const gateway = await aGateway({ upstream: url });
    for (let sent = 0; sent < 5; sent += 1) {
      expect(await gateway.send(GET)).toMatchObject({ status: 200, body: 'secret' });
      const large = await gateway.send(POST, { body: 'x'.repeat(1_000_000) });
      expect(large).toMatchObject({ status: 413, body: 'too big' });
    }
    spy.mockRestore();
    close();
  });
});
