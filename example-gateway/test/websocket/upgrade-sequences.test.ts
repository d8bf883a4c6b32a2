import fc from 'fast-check';
import { samplesOf } from '../../../test/support/gate/metrics';
import { assertProperty, PROPERTY_TIMEOUT_MS } from '../../../test/support/properties/property-runs';
import { after, until } from '../../../test/support/time/waiting';
import type { TestGateway } from '../support/gateway';
import { metricsAddress } from '../support/metrics';
import { RawClient } from '../support/raw-client';
import { gatewayTo, openHandshake } from '../support/web-socket';
import { webSocketUpstream } from '../support/web-socket-upstream';

jest.setTimeout(PROPERTY_TIMEOUT_MS);

const requestWith = (path: string, ...lines: readonly string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: a', ...lines, '', ''].join('\r\n');

const H2C = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];
const UPLOAD = requestWith('/orders/health', 'Content-Length: 5').replace('GET', 'POST');

/** Requests and parts of them that a client can send one behind the other. */
const pieces = {
  plain: requestWith('/orders/health'),
  late: requestWith('/orders/health?late'),
  none: requestWith('/none'),
  refused: requestWith('/orders'),
  ignored: requestWith('/orders/health', ...H2C),
  ignoredLate: requestWith('/orders/health?late', ...H2C),
  ignoredProxy: requestWith('/orders/health', 'Proxy-Connection: upgrade', 'Upgrade: h2c'),
  ignoredUpload: `${requestWith('/orders/health', ...H2C, 'Content-Length: 5').replace('GET', 'POST')}hello`,
  upload: `${UPLOAD}hello`,
  partOfUpload: `${UPLOAD}he`,
  partOfHead: 'GET /orders/health HTTP/1.1\r\nHo',
  handshake: openHandshake,
  otherVersion: openHandshake.replace('Version: 13', 'Version: 12'),
  handshakeWithBody: openHandshake.replace('Host:', 'Content-Length: 5\r\nHost:'),
  closing: requestWith('/orders/health', 'Connection: close'),
  twoHosts: requestWith('/orders/health', 'Host: b'),
  connect: 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
  noRequest: '\x16\x03\x01\r\n\r\n',
} as const;

/** The statuses of those that leave the connection open. */
const statuses = {
  plain: 200,
  late: 200,
  none: 404,
  refused: 401,
  ignored: 200,
  ignoredLate: 200,
  ignoredProxy: 200,
  ignoredUpload: 200,
  upload: 200,
} as const satisfies Partial<Record<keyof typeof pieces, number>>;

const lasting = Object.keys(statuses) as (keyof typeof statuses)[];

const names = Object.keys(pieces) as (keyof typeof pieces)[];

const ends = ['destroy', 'end', 'resetAndDestroy'] as const;

describe('a connection with any sequence of requests and upgrades', () => {
  const PER_CLIENT = 5;
  let gateway: TestGateway;

  beforeAll(async () => {
    const upstream = await webSocketUpstream(
      ({ socket }) => {
        socket.on('end', () => socket.end());
        return {};
      },
      (request, response) =>
        void setTimeout(() => response.end('plain'), request.url?.endsWith('late') === true ? 20 : 0),
    );
    const limits = { webSockets: { perClient: PER_CLIENT, total: PER_CLIENT } };
    gateway = await gatewayTo(upstream.url, { limits, keys: { metrics: { port: 0 } } });
  });

  /** The requests in flight, and the open WebSockets. */
  const held = async (): Promise<readonly string[]> => {
    const page = await (await fetch(metricsAddress(gateway))).text();
    return samplesOf(page).filter((sample) => /^scopegate_(?:http_requests_in_flight|websockets_open)/.test(sample));
  };

  it('gets the responses in the order of its requests, each once, up to the 101', async () => {
    await assertProperty(
      fc.asyncProperty(fc.array(fc.constantFrom(...lasting), { maxLength: 8 }), fc.nat(), async (sequence, at) => {
        const bytes = [...sequence.map((name) => pieces[name]), pieces.handshake].join('');
        const cut = at % bytes.length;
        const client = new RawClient(gateway.url).write(bytes.slice(0, cut));
        await after(1);
        client.write(bytes.slice(cut));
        await client.waitFor('HTTP/1.1 101 ');
        const received = [...client.text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
        expect(received).toEqual([...sequence.map((name) => statuses[name]), 101]);
        client.socket.resetAndDestroy();
        await until(async () => (await held()).every((sample) => sample.endsWith(' 0')));
      }),
      { numRuns: 30 },
    );
  });

  it('leaves nothing behind when the client leaves at any time', async () => {
    await assertProperty(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(0, 1, 15, 40),
        fc.constantFrom(...ends),
        async (sequence, pause, end) => {
          const client = new RawClient(gateway.url).write(sequence.map((name) => pieces[name]).join(''));
          await after(pause);
          client.socket[end]();
          await until(() => client.isEnded);
        },
      ),
      { numRuns: 60 },
    );
    await until(async () => (await held()).every((sample) => sample.endsWith(' 0')));
    for (let count = 0; count < PER_CLIENT; count += 1) {
      expect(await new RawClient(gateway.url).write(openHandshake).waitFor('\r\n\r\n')).toMatch(/^HTTP\/1\.1 101 /);
    }
  });
});
