import { connect, type Socket } from 'node:net';
import { expectCleanAnswer } from '../../test/support/expect/clean-answer';
import { exchangeRaw, valuesOf, type RawResponse } from '../../test/support/http/raw-http';
import { after, until } from '../../test/support/time/waiting';
import type { Timeouts } from '../src/limits';
import { aGateway, type TestGateway } from './support/gateway';
import { anUpstream, leavingUpstream, rawUpstream, type CustomUpstream } from './support/upstream';

const QUICK = { connect: 800, response: 800, idle: 800 };
const PATIENT = { response: 10_000, idle: 10_000 };

const gatewayTo = (upstream: string, timeouts: Partial<Timeouts> = {}, limits = {}): Promise<TestGateway> =>
  aGateway({ upstream, limits: { timeouts: { ...QUICK, ...timeouts }, ...limits } });

/** A public resource, because these tests are about what happens after the guard. */
const GET = ['GET /orders/health HTTP/1.1'];
const POST = ['POST /orders/health HTTP/1.1'];

const expectFailure = (answer: RawResponse, status: number, upstream: string): void => {
  const error = status === 502 ? 'bad_gateway' : 'gateway_timeout';
  const { port } = new URL(upstream);
  expectCleanAnswer(answer, { status, from: 'gateway', error, without: [port, '127.0.0.1'] });
};

describe('the gateway in front of a failing upstream', () => {
  it('S-271 answers 502 when the connection is refused', async () => {
    const { url, leave } = await leavingUpstream();
    const gateway = await gatewayTo(url);
    await leave(); // not before: the gateway could be given the port itself
    expectFailure(await gateway.send(GET), 502, url);
    expect(gateway.lines.at(-1)).toMatchObject({ level: 40, api: 'orders', status: 502, reason: 'ECONNREFUSED' });
  });

  const dies: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['resets the connection immediately', (socket) => socket.resetAndDestroy()],
    [
      'resets the connection when the request has arrived',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
    ],
    ['closes the connection without a response', (socket) => socket.once('data', () => socket.end())],
    ['sends no status line', (socket) => socket.once('data', () => socket.end('hello\r\n\r\n'))],
    ['sends an invalid status', (socket) => socket.once('data', () => socket.end('HTTP/1.1 99 Low\r\n\r\n'))],
    ['sends a status out of range', (socket) => socket.once('data', () => socket.end('HTTP/1.1 1000 High\r\n\r\n'))],
    ['sends half a head', (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Ty'))],
    [
      'sends two lengths',
      (socket) =>
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab')),
    ],
    [
      'sends an invalid header',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nX y: 1\r\nContent-Length: 0\r\n\r\n')),
    ],
    [
      'sends control characters',
      (socket) =>
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nX-A: a\x01\x02b\r\nContent-Length: 0\r\n\r\n')),
    ],
    [
      'sends huge headers',
      (socket) => socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(100_000)}\r\n\r\n`)),
    ],
    [
      'switches protocols without a request',
      (socket) =>
        socket.once('data', () =>
          socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbytes'),
        ),
    ],
  ];

  it.each(dies)('S-271 answers 502 to an upstream that %s', async (_, behave) => {
    const upstream = await rawUpstream(behave);
    const gateway = await gatewayTo(upstream.url);
    expectFailure(await gateway.send(GET), 502, upstream.url);
    await until(() => upstream.sockets.size === 0);
    expectFailure(await gateway.send(POST, { body: 'hello' }), 502, upstream.url);
  });

  it('S-271 answers 504 to an upstream that sends no response', async () => {
    const upstream = await rawUpstream(() => undefined);
    const gateway = await gatewayTo(upstream.url);
    expectFailure(await gateway.send(GET), 504, upstream.url);
    await until(() => upstream.sockets.size === 0);
    expect(gateway.lines.at(-1)).toMatchObject({ status: 504 });
  });

  it('S-271 answers 504 when no connection is established in time', async () => {
    const gateway = await gatewayTo('http://192.0.2.1:9'); // a network for documentation (RFC 5737)
    const answer = await gateway.send(GET);
    expectCleanAnswer(answer, { status: [502, 504], from: 'gateway', without: ['192.0.2.1'] });
  });

  it('S-271 aborts a response when its upstream stalls in the middle', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')),
    );
    const gateway = await gatewayTo(upstream.url);
    const cut = await exchangeRaw(gateway.port, 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n', {
      deadlineMs: 3_000,
    });
    expect(cut).toMatchObject({ responses: [], closed: true });
    expect(cut.leftover).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*hello$/);
    await until(() => upstream.sockets.size === 0);
  });

  it.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('S-271 does not let a truncated response look complete: %s', async (_, text) => {
    const upstream = await rawUpstream((socket) => socket.once('data', () => socket.end(text)));
    const gateway = await gatewayTo(upstream.url);
    const cut = await exchangeRaw(gateway.port, 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n', {
      deadlineMs: 3_000,
    });
    expect(cut).toMatchObject({ responses: [], closed: true });
  });

  it('S-271 forwards an endless body until the client disconnects', async () => {
    const upstream = await anUpstream((_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(1_000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const gateway = await gatewayTo(upstream.url);
    await exchangeRaw(gateway.port, 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n', { deadlineMs: 200 });
    await until(() => upstream.sockets.size === 0);
  });

  it('does not limit a response that keeps sending data', async () => {
    const upstream = await anUpstream((_request, response) => {
      let sent = 0;
      const timer = setInterval(() => {
        response.write('tick ');
        sent += 1;
        if (sent < 12) return;
        clearInterval(timer);
        response.end('end');
      }, 100);
    });
    const gateway = await gatewayTo(upstream.url);
    const answer = await gateway.send(GET);
    expect(answer).toMatchObject({ status: 200, body: `${'tick '.repeat(12)}end` });
  });

  it('S-272 never sends a request twice', async () => {
    let requests = 0;
    const upstream = await rawUpstream((socket) =>
      socket.on('data', () => {
        requests += 1;
        socket.resetAndDestroy();
      }),
    );
    const gateway = await gatewayTo(upstream.url);
    expectFailure(await gateway.send(POST, { body: 'pay' }), 502, upstream.url);
    expectFailure(await gateway.send(GET), 502, upstream.url);
    await after(50);
    expect(requests).toBe(2);
  });

  it('S-272 does not repeat a request when a keep-alive connection dies during it', async () => {
    const bodies: string[] = [];
    const upstream = await anUpstream((request, response) => {
      if (bodies.length > 0) return void request.socket.resetAndDestroy();
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
      return void request.on('end', () => response.end('done'));
    });
    const gateway = await gatewayTo(upstream.url);
    expect((await gateway.send(POST, { body: 'one' })).status).toBe(200);
    expectFailure(await gateway.send(POST, { body: 'two' }), 502, upstream.url);
    expect(bodies).toEqual(['one']);
  });

  it('S-273 forwards a redirect to the client and does not follow it', async () => {
    const paths: (string | undefined)[] = [];
    const upstream = await anUpstream(({ url }, response) => {
      paths.push(url);
      response.writeHead(307, { Location: 'http://169.254.169.254/latest' }).end();
    });
    const gateway = await gatewayTo(upstream.url);
    const answer = await gateway.send(GET);
    expect(answer.status).toBe(307);
    expect(valuesOf(answer, 'location')).toEqual(['http://169.254.169.254/latest']);
    expect(paths).toEqual(['/health']);
  });

  it('S-274 removes identity headers and challenges from upstream responses', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.once('data', () =>
        socket.end(
          [
            'HTTP/1.1 401 Whatever',
            'X-Authenticated-Userid: evil',
            'X_AUTHENTICATED_scope: admin',
            'WWW-Authenticate: Bearer error="invalid_token"',
            'Proxy-Authenticate: Basic',
            'Connection: close, X-Internal',
            'X-Internal: 1',
            'Keep-Alive: timeout=9',
            'Upgrade: h2c',
            'Trailer: X-Sum',
            'Set-Cookie: a=1',
            'Set-Cookie: b=2; Path=/',
            'Set-Cookie: scopegate=planted; Path=/store',
            'set-cookie: __Host-scopegate = planted; Path=/; Secure',
            'Access-Control-Allow-Origin: https://app.example.com',
            'Content-Length: 2',
            '',
            'no',
          ].join('\r\n'),
        ),
      ),
    );
    const gateway = await gatewayTo(upstream.url);
    const answer = await gateway.send(GET);
    expect(answer).toMatchObject({ status: 401, reason: 'Unauthorized', body: 'no' });
    const names = answer.headers.map(([name]) => name.toLowerCase()).sort();
    expect(names).toEqual([
      'access-control-allow-origin',
      'connection',
      'content-length',
      'date',
      'keep-alive',
      'set-cookie',
      'set-cookie',
      'x-request-id',
    ]);
    expect(valuesOf(answer, 'connection')).toEqual(['keep-alive']);
    expect(valuesOf(answer, 'keep-alive')).toEqual(['timeout=5']);
    expect(valuesOf(answer, 'set-cookie')).toEqual(['a=1', 'b=2; Path=/']);
  });

  it('S-264 replaces the framing of a response instead of forwarding it', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.on('data', () =>
        socket.write(
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5;ext=1\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n',
        ),
      ),
    );
    const gateway = await gatewayTo(upstream.url);
    const { responses } = await exchangeRaw(gateway.port, 'GET /orders/health HTTP/1.0\r\nHost: a\r\n\r\n', {
      untilClosed: true,
    });
    expect(responses).toMatchObject([{ status: 200, body: 'hello' }]);
    expect(responses[0] && valuesOf(responses[0], 'transfer-encoding')).toEqual([]);
    const answer = await gateway.send(GET);
    expect(answer).toMatchObject({ status: 200, body: 'hello' });
    expect(valuesOf(answer, 'x-sum')).toEqual([]);
  });

  it.each([204, 304])('forwards a %i response, which has no body, and then the next response', async (status) => {
    const upstream = await anUpstream((_request, response) => response.writeHead(status, { ETag: '"x"' }).end());
    const gateway = await gatewayTo(upstream.url);
    const request = 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n';
    const { responses, leftover } = await exchangeRaw(gateway.port, request.repeat(2), { responses: 2 });
    expect(responses.map((answer) => [answer.status, valuesOf(answer, 'etag')])).toEqual([
      [status, ['"x"']],
      [status, ['"x"']],
    ]);
    expect(leftover).toBe('');
  });

  it('closes the connection if the client requests that', async () => {
    const upstream = await anUpstream((_request, response) => response.end('hello'));
    const gateway = await gatewayTo(upstream.url);
    const answer = await gateway.send([...GET, 'Connection: close'], { untilClosed: true });
    expect(answer).toMatchObject({ status: 200, body: 'hello', closed: true });
  });

  describe('when clients disconnect, wait or read slowly,', () => {
    const leaving = async (gateway: TestGateway, upstream: CustomUpstream, text: string): Promise<void> => {
      const client = connect(gateway.port, '127.0.0.1').on('error', () => undefined);
      client.write(text);
      await until(() => upstream.sockets.size === 1);
      await after(30);
      client.destroy();
      await until(() => upstream.sockets.size === 0);
    };

    it('S-275 ends the upstream request while the response is pending', async () => {
      const upstream = await rawUpstream(() => undefined);
      const gateway = await gatewayTo(upstream.url, PATIENT);
      await leaving(gateway, upstream, 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    });

    it('S-275 ends the upstream request in the middle of the response', async () => {
      const upstream = await rawUpstream((socket) =>
        socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello')),
      );
      const gateway = await gatewayTo(upstream.url, PATIENT);
      await leaving(gateway, upstream, 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    });

    it('S-275 ends the upstream request in the middle of the request body', async () => {
      const upstream = await rawUpstream(() => undefined);
      const gateway = await gatewayTo(upstream.url, PATIENT);
      const head = 'POST /orders/health HTTP/1.1\r\nHost: a\r\n';
      const part = 'x'.repeat(100_000);
      await leaving(gateway, upstream, `${head}Content-Length: 1000000\r\n\r\n${part}`);
      await leaving(gateway, upstream, `${head}Transfer-Encoding: chunked\r\n\r\n186a0\r\n${part}\r\n`);
    });

    it('S-275 frees the place of an aborted request among the connections to the upstream', async () => {
      const upstream = await rawUpstream((socket) =>
        socket.once('data', (bytes) => {
          if (bytes.includes('POST')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
        }),
      );
      const timeouts = { response: 10_000, idle: 10_000, connect: 2_000 };
      const gateway = await gatewayTo(upstream.url, timeouts, { upstreamSockets: 1 });
      const clients = [1, 2, 3].map(() => connect(gateway.port, '127.0.0.1').on('error', () => undefined));
      for (const client of clients) client.write('GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
      await until(() => upstream.sockets.size === 1);
      for (const client of clients) client.destroy();
      expect((await gateway.send(POST, { body: 'x' })).status).toBe(200);
    });
  });

  it('S-277 waits for an upstream connection for a bounded time', async () => {
    const upstream = await anUpstream(({ method }, response) => {
      if (method === 'POST') response.end('ok');
    });
    const gateway = await gatewayTo(upstream.url, { response: 5_000, connect: 200 }, { upstreamSockets: 1 });
    const hanging = connect(gateway.port, '127.0.0.1');
    hanging.write('GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => upstream.sockets.size === 1);
    expectFailure(await gateway.send(POST, { body: 'x' }), 504, upstream.url);
    expect(upstream.sockets.size).toBe(1);
    hanging.destroy();
    await until(() => upstream.sockets.size === 0);
    expect((await gateway.send(POST, { body: 'x' })).status).toBe(200);
  });

  it('S-277 reuses upstream connections for requests of any client', async () => {
    let connections = 0;
    const upstream = await rawUpstream((socket) => {
      connections += 1;
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    });
    const gateway = await gatewayTo(upstream.url);
    for (let sent = 0; sent < 5; sent += 1) expect((await gateway.send(GET)).status).toBe(200);
    expect(connections).toBe(1);
  });

  it('keeps the upstream connection when the upstream answers before the request body is complete', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.on('data', (bytes) => {
        if (bytes.includes('POST ')) socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig');
        // The second request may arrive in one chunk with the end of the body.
        if (bytes.includes('GET ')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      }),
    );
    const gateway = await gatewayTo(upstream.url, PATIENT, { upstreamSockets: 1 });
    const parts = async function* () {
      yield 'POST /orders/health HTTP/1.1\r\nHost: a\r\nContent-Length: 1000005\r\n\r\nhello';
      await after(100);
      yield `${'x'.repeat(1_000_000)}GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n`;
    };
    const { responses } = await exchangeRaw(gateway.port, parts(), { responses: 2 });
    expect(responses.map(({ status }) => status)).toEqual([413, 200]);
  });

  it('S-276 buffers only a small part of a body while the client reads slowly', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(65_536);
    const upstream = await anUpstream((_request, response) => {
      const write = (): void => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      };
      response.on('drain', write).on('error', () => undefined);
      write();
    });
    const gateway = await gatewayTo(upstream.url, PATIENT);
    const client = connect(gateway.port, '127.0.0.1');
    client.pause();
    client.write('GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    await after(500);
    const before = sent;
    await after(200);
    expect(sent).toBe(before);
    expect(sent).toBeLessThan(32 * 1_024 * 1_024); // what the kernel's buffers take
    client.destroy();
    await until(() => upstream.sockets.size === 0);
  });
});
