import { until } from '../../../test/support/time/waiting';
import { selfSignedCertificate } from '../support/certificate';
import { aGateway, type TestGateway } from '../support/gateway';
import { RawClient, type RawClientOptions } from '../support/raw-client';
import { echoUpstream, type EchoUpstream } from '../support/upstream';

const H2C = ['Host: a', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];

const head = (requestLine: string, ...lines: readonly string[]): string => [requestLine, ...lines, '', ''].join('\r\n');

const statusesIn = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

describe.each([
  ['http', false],
  ['https', true],
])('a request to upgrade to h2c over %s, as Java clients send', (_name, isSecure) => {
  const plain = head('GET /orders/health?plain HTTP/1.1', 'Host: a');
  let upstream: EchoUpstream;
  let gateway: TestGateway;
  let options: RawClientOptions;

  beforeEach(async () => {
    upstream = await echoUpstream();
    options = isSecure ? { ca: selfSignedCertificate() } : {};
    const tls = isSecure ? { tls: { cert: 'cert.pem', key: 'key.pem' } } : {};
    gateway = await aGateway({ upstream: upstream.url, keys: { listen: { host: '127.0.0.1', port: 0, ...tls } } });
  });

  /** Sends parts on one connection, each when the responses to the previous ones have arrived. */
  const exchange = async (...parts: readonly (readonly [bytes: string, responses: number])[]): Promise<RawClient> => {
    const client = new RawClient(gateway.url, options);
    for (const [bytes, responses] of parts) {
      client.write(bytes);
      await until(() => statusesIn(client.text).length >= responses || client.isEnded);
      expect(statusesIn(client.text)).toEqual(Array(responses).fill(200));
    }
    return client;
  };

  /** The requests of the upstream, in any order: pipelined ones are forwarded at the same time. */
  const seen = (): readonly string[] =>
    upstream.seen.map(({ method, url, body }) => `${method} ${url} ${body}`.trim()).sort();

  it('is served as the plain request that it also is, without Upgrade', async () => {
    await exchange([head('GET /orders/health HTTP/1.1', ...H2C), 1]);
    const names = upstream.only().headers.map(([name]) => name.toLowerCase());
    expect(names.filter((name) => /upgrade|http2/.test(name))).toEqual([]);
  });

  it('leaves the connection open for further requests, upgrades included', async () => {
    const upgrade = head('GET /orders/health HTTP/1.1', ...H2C);
    await exchange(
      [upgrade, 1],
      [plain, 2],
      ...Array.from({ length: 12 }, (_, index) => [upgrade, index + 3] as const),
    );
    expect(seen()).toHaveLength(14);
  });

  it('does not swallow what follows in the same packet', async () => {
    await exchange([head('GET /orders/health HTTP/1.1', ...H2C) + plain + plain, 3]);
    expect(seen()).toEqual(['GET /health', 'GET /health?plain', 'GET /health?plain']);
  });

  it.each([
    ['with a length', 'Content-Length: 5', 'hello'],
    ['in chunks', 'Transfer-Encoding: chunked', '3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n'],
  ])('keeps its body %s, in the same packet or later', async (_kind, framing, body) => {
    const post = head('POST /orders/health HTTP/1.1', ...H2C, framing);
    await exchange([post + body + plain, 2], [post, 2], [body + plain, 4]);
    expect(seen()).toEqual(['GET /health?plain', 'GET /health?plain', 'POST /health hello', 'POST /health hello']);
  });

  it('keeps its headers byte for byte', async () => {
    const lines = ['X-Mixed-Case:  \xe9\xff ', 'x-again: 1', 'x-again: 2', 'Connection: x-named', 'X-Named: gone'];
    await exchange([head('GET /orders/health?a=%E9 HTTP/1.1', ...H2C, ...lines), 1]);
    const plainUpstream = upstream.bytes();
    await exchange([head('GET /orders/health?a=%E9 HTTP/1.1', 'Host: a', ...lines), 1]);
    const withoutId = (text: string): string => text.replace(/x-request-id: .*/gi, '').replace(/\b\d{5}\b/g, 'port');
    const [first, second] = [plainUpstream, upstream.bytes().slice(plainUpstream.length)].map(withoutId);
    expect(second).toBe(first);
    expect(first?.toLowerCase()).toContain('x-mixed-case: ');
  });

  it('is served after the requests before it, in the same packet', async () => {
    const upgrade = head('GET /orders/health?upgrade HTTP/1.1', ...H2C);
    await exchange([plain + upgrade + plain + plain + upgrade + upgrade + plain, 7], [upgrade + plain, 9]);
    expect(seen().filter((line) => line === 'GET /health?upgrade')).toHaveLength(4);
    expect(seen()).toHaveLength(9);
  });

  it('is served once if Proxy-Connection has the upgrade, which Node reads like Connection', async () => {
    const lines = ['Host: a', 'Upgrade: h2c', 'Proxy-Connection: Upgrade, keep-alive'];
    await exchange([head('GET /orders/health HTTP/1.1', ...lines), 1], [plain, 2]);
    await exchange([head('GET /orders/health HTTP/1.1', ...lines, 'Connection: Upgrade') + plain, 2]);
    expect(seen()).toHaveLength(4);
  });

  it('keeps its body if more than a thousand header lines surround the length', async () => {
    const filling = Array<string>(1_100).fill('a:');
    const post = head('POST /orders/health HTTP/1.1', ...filling, 'Content-Length: 5', ...filling, ...H2C);
    await exchange([post + 'hello' + plain, 2]);
    expect(seen()).toEqual(['GET /health?plain', 'POST /health hello']);
  });

  it('closes the connection if it asks for that', async () => {
    const client = await exchange([head('GET /orders/health HTTP/1.1', ...H2C, 'Connection: close'), 1]);
    await client.waitForEnd();
    expect(client.text.toLowerCase()).toContain('\r\nconnection: close\r\n');
  });

  it('is refused like any request if it can be read in two ways', async () => {
    const client = new RawClient(gateway.url, options).write(head('GET /orders/health HTTP/1.1', ...H2C, 'Host: b'));
    expect(await client.waitForEnd()).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.seen).toEqual([]);
  });
});
