import { until } from '../../../test/support/time/waiting';
import { acceptOf } from '../../src/websocket/accept';
import { selfSignedCertificate } from '../support/certificate';
import { aGateway, anApi, type TestGateway } from '../support/gateway';
import { RawClient } from '../support/raw-client';
import { anUpstream, unusedAddress } from '../support/upstream';
import { gatewayTo, handshakeWith, KEY, maskedTextFrame, openHandshake } from '../support/web-socket';
import { switchLines, webSocketUpstream, type WebSocketUpstream } from '../support/web-socket-upstream';

/** Sends bytes, and waits for the head of the response. */
const headOf = async (gateway: TestGateway, bytes: string): Promise<string> => {
  const text = await new RawClient(gateway.url).write(bytes).waitFor('\r\n\r\n');
  return text.slice(0, text.indexOf('\r\n\r\n'));
};

describe('a WebSocket handshake', () => {
  let upstream: WebSocketUpstream;
  let gateway: TestGateway;
  let token: string;
  let bearer: Readonly<Record<string, string>>;

  beforeAll(async () => {
    upstream = await webSocketUpstream();
    gateway = await gatewayTo(upstream.url);
    token = await gateway.token('read');
    bearer = { Authorization: `Bearer ${token}` };
  });

  /** The header lines that the upstream received, by lower-case name. */
  const seenHeaders = (): ReadonlyMap<string, string> => {
    const { rawHeaders } = upstream.last().handshake;
    return new Map(
      rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? '']] : [])),
    );
  };

  it('is accepted by gateway and upstream, and both answer the key of the client (RFC 6455 §4.2.2)', async () => {
    const head = await headOf(gateway, handshakeWith(bearer));
    expect(head.split('\r\n')[0]).toBe('HTTP/1.1 101 Switching Protocols');
    expect(head).toMatch(/^Upgrade: websocket$/im);
    expect(head).toMatch(/^Connection: Upgrade$/im);
    expect(head).toContain(`Sec-WebSocket-Accept: ${acceptOf(KEY)}`);
    expect(acceptOf(KEY)).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(head).toMatch(/^X-Request-Id: /im);
    expect(head).not.toMatch(/^(?:Content-Length|Transfer-Encoding|Sec-WebSocket-Protocol):/im);
    expect(seenHeaders().get('sec-websocket-key')).toBe(KEY);
  });

  it('passes the guard like a GET', async () => {
    expect(await headOf(gateway, handshakeWith())).toMatch(/^HTTP\/1\.1 401 [^]*^WWW-Authenticate: /m);
    expect(await headOf(gateway, handshakeWith({ Authorization: 'Bearer sga_wrong' }))).toMatch(/^HTTP\/1\.1 401 /);
    const update = await gateway.token('update');
    expect(await headOf(gateway, handshakeWith({ Authorization: `Bearer ${update}` }))).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('counts as one request of its plan, and beyond that is refused with 429 before the upstream is asked', async () => {
    const plans = { two: { requests: 2, per: 86_400 } };
    const apis = { orders: anApi(upstream.url, { websocket: true, plans: ['two'] }) };
    const planned = await aGateway({ keys: { plans, apis } });
    const own = { Authorization: `Bearer ${await planned.token('read')}` };
    expect(await headOf(planned, handshakeWith(own))).toMatch(/^HTTP\/1\.1 101 [^]*^RateLimit: "two";r=1;t=86400\r$/im);
    expect((await planned.send(['GET /orders HTTP/1.1', `Authorization: ${own.Authorization}`])).status).not.toBe(429);
    const asked = upstream.sides.length;
    const refused = await headOf(planned, handshakeWith(own));
    expect(refused).toMatch(/^HTTP\/1\.1 429 [^]*^Retry-After: 86400\r$/im);
    expect(refused).toMatch(/^RateLimit: "two";r=0;t=86400\r?$/im);
    expect(upstream.sides).toHaveLength(asked);
  });

  it('is answered on its connection, which then closes', async () => {
    const client = new RawClient(gateway.url).write(handshakeWith());
    const text = await client.waitForEnd();
    expect(text).toMatch(/^HTTP\/1\.1 401 [^]*^Connection: close/im);
    expect(text).toContain('needs an access token');
  });

  it('reaches the upstream with identity and forwarding headers, and without the token', async () => {
    await headOf(gateway, handshakeWith({ ...bearer, Origin: 'https://app.example', Cookie: 'a=b; scopegate=c' }));
    const headers = seenHeaders();
    expect(upstream.last().handshake.url).toBe('/');
    expect(headers.get('x-authenticated-client')).toBe('key');
    expect(headers.get('x-forwarded-prefix')).toBe('/orders');
    expect(headers.get('origin')).toBe('https://app.example');
    expect(headers.get('cookie')).toBe('a=b');
    expect(headers.get('connection')).toBe('Upgrade');
    expect(headers.get('upgrade')).toBe('websocket');
    expect(headers.get('sec-websocket-version')).toBe('13');
    expect([...headers.values()].join('\n')).not.toContain(token);
  });

  describe('with the token as subprotocol', () => {
    it.each([
      ['bearer, TOKEN', undefined, 'bearer'],
      ['chat, bearer, TOKEN', 'chat', 'bearer'],
      ['bearer, TOKEN, chat, v2', 'chat, v2', 'bearer'],
    ])('removes it from %s and selects bearer', async (offered, passedOn, selected) => {
      const head = await headOf(gateway, handshakeWith({ 'Sec-WebSocket-Protocol': offered.replace('TOKEN', token) }));
      expect(head).toMatch(/^HTTP\/1\.1 101 /);
      expect(/^Sec-WebSocket-Protocol: (.*)$/im.exec(head)?.[1]).toBe(selected);
      expect(seenHeaders().get('sec-websocket-protocol')).toBe(passedOn);
    });

    it('is removed on public resources too, where no guard reads it', async () => {
      const offered = handshakeWith({ 'Sec-WebSocket-Protocol': `bearer, ${token}` }).replace(
        '/orders ',
        '/orders/health ',
      );
      expect(await headOf(gateway, offered)).toMatch(/^HTTP\/1\.1 101 /);
      expect(seenHeaders().get('sec-websocket-protocol')).toBeUndefined();
    });

    it('returns the subprotocol that the upstream selects', async () => {
      const selecting = await webSocketUpstream((request) => ({
        lines: [...switchLines(request), 'Sec-WebSocket-Protocol: v2'],
      }));
      const towards = await gatewayTo(selecting.url);
      const offered = `v1, v2, bearer, ${await towards.token('read')}`;
      const head = await headOf(towards, handshakeWith({ 'Sec-WebSocket-Protocol': offered }));
      expect(head).toMatch(/^Sec-WebSocket-Protocol: v2$/im);
    });
  });

  it('loses only the ticket of its query', async () => {
    const target = (query: string): string => handshakeWith(bearer).replace('/orders ', `/orders/any?${query} `);
    await headOf(gateway, target('a=1&tickets=2&b=%20'));
    expect(upstream.last().handshake.url).toBe('/any?a=1&tickets=2&b=%20');
  });

  it.each([
    ['another version', { 'Sec-WebSocket-Version': '8' }, 426],
    ['no version', { 'Sec-WebSocket-Version': undefined }, 426],
    ['two versions', { 'Sec-WebSocket-Version': '13, 8' }, 426],
    ['no key', { 'Sec-WebSocket-Key': undefined }, 400],
    ['a short key', { 'Sec-WebSocket-Key': 'eA==' }, 400],
    ['a key that is not base64', { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ!!' }, 400],
    ['a length', { 'Content-Length': '0' }, 400],
    ['no upgrade among the options of Connection', { Connection: 'keep-alive' }, 400],
    ['WebSocket with a version as protocol', { Upgrade: 'websocket/13' }, 400],
  ])('is refused before the upstream is asked with %s', async (_what, changes, status) => {
    const before = upstream.sides.length;
    const head = await headOf(gateway, handshakeWith({ ...bearer, ...changes }));
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(/^Sec-WebSocket-Version: (.*)$/im.exec(head)?.[1]).toBe(status === 426 ? '13' : undefined);
    expect(upstream.sides.length).toBe(before);
  });

  it.each([
    ['another method', handshakeWith().replace('GET /orders ', 'POST /orders ')],
    ['a chunked body', handshakeWith({ 'Transfer-Encoding': 'chunked' }) + '3\r\nabc\r\n0\r\n\r\n'],
    ['a body with a length', handshakeWith({ 'Content-Length': '3' }) + 'abc'],
    ['HTTP/1.0', handshakeWith().replace('HTTP/1.1', 'HTTP/1.0')],
  ])('is refused with %s', async (_what, bytes) => {
    const before = upstream.sides.length;
    const authorized = bytes.replace('Host:', `Authorization: Bearer ${token}\r\nHost:`);
    expect(await headOf(gateway, authorized)).toMatch(/^HTTP\/1\.[01] 400 /);
    expect(upstream.sides.length).toBe(before);
  });

  it.each([
    ['two Hosts', (bytes: string) => bytes.replace('Host:', 'Host: other\r\nHost:')],
    ['no Host', (bytes: string) => bytes.replace(/Host: .*\r\n/, '')],
    ['a path that is not canonical', (bytes: string) => bytes.replace('/orders ', '/orders/../orders ')],
  ])('is refused with %s like any request', async (_what, spoil) => {
    expect(await headOf(gateway, spoil(handshakeWith(bearer)))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is 501 at an API without the key websocket', async () => {
    const plain = await aGateway({ upstream: upstream.url });
    const head = await headOf(plain, handshakeWith({ Authorization: `Bearer ${await plain.token('read')}` }));
    expect(head).toMatch(/^HTTP\/1\.1 501 /);
  });

  it('is accepted over TLS, and refused there on its connection', async () => {
    const options = { ca: selfSignedCertificate() };
    const listen = { host: '127.0.0.1', port: 0, tls: { cert: 'cert.pem', key: 'key.pem' } };
    const secure = await gatewayTo(upstream.url, { keys: { listen } });
    const client = new RawClient(secure.url, options).write(openHandshake);
    expect(await client.waitFor('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 [^]*^Strict-Transport-Security: /m);
    expect(seenHeaders().get('x-forwarded-proto')).toBe('https');
    client.write(maskedTextFrame('over TLS'));
    const side = upstream.last();
    await until(() => side.received().equals(maskedTextFrame('over TLS')));
    expect(await new RawClient(secure.url, options).write(handshakeWith()).waitForEnd()).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('leaves other requests to the API as they are', async () => {
    const answer = await gateway.send(['GET /orders HTTP/1.1'], { token });
    expect(answer).toMatchObject({ status: 200, body: 'plain', closed: false });
  });
});

describe('the answer of an upstream to a WebSocket handshake', () => {
  const open = handshakeWith().replace('/orders ', '/orders/health ');

  it.each([
    [
      'another Sec-WebSocket-Accept',
      (lines: readonly string[]) => [...lines.slice(0, 2), `Sec-WebSocket-Accept: ${acceptOf('x')}`],
    ],
    ['no Sec-WebSocket-Accept', (lines: readonly string[]) => lines.slice(0, 2)],
    ['two of them', (lines: readonly string[]) => [...lines, lines[2] ?? '']],
    ['no Upgrade', (lines: readonly string[]) => lines.slice(1)],
    ['no upgrade in Connection', (lines: readonly string[]) => [lines[0] ?? '', 'Connection: close', lines[2] ?? '']],
    ['another protocol', (lines: readonly string[]) => ['Upgrade: h2c', ...lines.slice(1)]],
    ['a subprotocol that was not offered', (lines: readonly string[]) => [...lines, 'Sec-WebSocket-Protocol: other']],
    [
      'extensions that were not offered',
      (lines: readonly string[]) => [...lines, 'Sec-WebSocket-Extensions: permessage-deflate'],
    ],
    [
      'one extension that was offered and another',
      (lines: readonly string[]) => [...lines, 'Sec-WebSocket-Extensions: offered; a=1, other'],
    ],
  ])('is 502 for the client if it has %s', async (_what, spoil) => {
    const upstream = await webSocketUpstream((request) => ({ lines: spoil(switchLines(request)) }));
    const gateway = await gatewayTo(upstream.url);
    const offering = open.replace('Host:', 'Sec-WebSocket-Extensions: offered; b\r\nHost:');
    expect(await headOf(gateway, offering)).toMatch(/^HTTP\/1\.1 502 /);
    await until(() => upstream.last().isEnded());
    expect(gateway.lines.at(-1)).toMatchObject({ msg: 'An upstream failed', api: 'orders', status: 502 });
  });

  it('may select an extension that was offered', async () => {
    const upstream = await webSocketUpstream((request) => ({
      lines: [...switchLines(request), 'Sec-WebSocket-Extensions: offered; a=1'],
    }));
    const head = await headOf(
      await gatewayTo(upstream.url),
      open.replace('Host:', 'Sec-WebSocket-Extensions: x, offered; b\r\nHost:'),
    );
    expect(head).toMatch(/^HTTP\/1\.1 101 [^]*^Sec-WebSocket-Extensions: offered; a=1$/m);
  });

  it('is 502 for the client if it is a 101 of HTTP/1.0', async () => {
    const upstream = await webSocketUpstream((request) => {
      request.socket.write(['HTTP/1.0 101 Switching Protocols', ...switchLines(request), '', ''].join('\r\n'));
      return { isHeld: true };
    });
    expect(await headOf(await gatewayTo(upstream.url), open)).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('is passed on if it is an ordinary response', async () => {
    const upstream = await anUpstream((_request, response) => {
      response.writeHead(403, { 'Content-Type': 'text/plain', 'X-Why': 'full' }).end('not now');
    });
    const refusing = await gatewayTo(upstream.url);
    const text = await new RawClient(refusing.url).write(open).waitForEnd();
    expect(text).toMatch(/^HTTP\/1\.1 403 [^]*^X-Why: full[^]*not now$/m);
  });

  it('keeps its other headers, without those that only the gateway may set', async () => {
    const upstream = await webSocketUpstream((request) => ({
      lines: [
        ...switchLines(request),
        'Set-Cookie: a=b',
        'X-Request-Id: theirs',
        'Content-Length: 0',
        'Alt-Svc: clear',
      ],
    }));
    const head = await headOf(await gatewayTo(upstream.url), open);
    expect(head).toMatch(/^HTTP\/1\.1 101 [^]*^Set-Cookie: a=b$/m);
    expect(head).not.toMatch(/theirs|Content-Length|Alt-Svc/);
  });

  it('is 504 if it does not come in time, and 502 if there is no connection', async () => {
    const limits = { timeouts: { connect: 300, response: 300, idle: 300 } };
    const upstream = await anUpstream(() => undefined);
    const silent = await gatewayTo(upstream.url, { limits });
    expect(await headOf(silent, open)).toMatch(/^HTTP\/1\.1 504 /);
    expect(await headOf(await gatewayTo(await unusedAddress(), { limits }), open)).toMatch(/^HTTP\/1\.1 502 /);
  });

  it('is not awaited any more if the client has gone', async () => {
    const upstream = await anUpstream(() => undefined);
    const gateway = await gatewayTo(upstream.url);
    const client = new RawClient(gateway.url).write(open);
    await until(() => upstream.sockets.size === 1);
    client.socket.end();
    await until(() => upstream.sockets.size === 0);
  });
});

describe('a WebSocket handshake with several upstreams', () => {
  it('goes to each in turn, and to the next one if no connection can be opened', async () => {
    const [first, second] = [await webSocketUpstream(), await webSocketUpstream()];
    const upstreams = [await unusedAddress(), first.url, second.url];
    const api = { ...anApi('', { websocket: true, upstreams }), upstream: undefined };
    const gateway = await aGateway({ keys: { apis: { orders: api } } });
    for (let handshakes = 0; handshakes < 4; handshakes += 1) {
      expect(await headOf(gateway, openHandshake)).toMatch(/^HTTP\/1\.1 101 /);
    }
    expect(first.sides.length + second.sides.length).toBe(4);
    expect(Math.min(first.sides.length, second.sides.length)).toBeGreaterThan(0);
  });
});
