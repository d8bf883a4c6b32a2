import { samplesOf } from '../../../test/support/gate/metrics';
import { until } from '../../../test/support/time/waiting';
import type { TestGateway } from '../support/gateway';
import { metricsAddress } from '../support/metrics';
import { RawClient } from '../support/raw-client';
import { gatewayTo, handshakeWith, maskedTextFrame, openHandshake, textFrame } from '../support/web-socket';
import {
  switchLines,
  webSocketUpstream,
  type UpstreamSide,
  type WebSocketUpstream,
} from '../support/web-socket-upstream';

const MASKED_CLOSE = Buffer.of(0x88, 0x80, 0, 0, 0, 0);

/** Each in the query of a handshake, for the upstream. */
const answers: Readonly<Record<string, (key: readonly string[]) => readonly string[] | undefined>> = {
  held: () => undefined,
  wrong: () => ['Upgrade: websocket', 'Connection: Upgrade'],
  right: (lines) => lines,
};

type End = (client: RawClient, side: UpstreamSide) => void;

/** Every way in which one side can leave an open WebSocket, or one that is being opened. */
const ends: Readonly<Record<string, End>> = {
  'the client ends': (client) => client.socket.end(),
  'the client resets': (client) => client.socket.resetAndDestroy(),
  'the client closes': (client) => client.write(MASKED_CLOSE).socket.end(),
  'the client leaves inside of a frame': (client) => client.write(maskedTextFrame('half').subarray(0, 7)).socket.end(),
  'the upstream ends': (_client, side) => side.socket.end(),
  'the upstream resets': (_client, side) => side.socket.resetAndDestroy(),
  'the upstream leaves inside of a frame': (_client, side) => side.socket.end(textFrame('half').subarray(0, 3)),
  'both reset': (client, side) => {
    client.socket.resetAndDestroy();
    side.socket.resetAndDestroy();
  },
  'both end': (client, side) => {
    side.socket.end();
    client.socket.end();
  },
};

describe('the places of WebSockets', () => {
  const PER_CLIENT = 4;
  let upstream: WebSocketUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await webSocketUpstream((request) => {
      const { socket } = request;
      socket.on('end', () => socket.end());
      const lines = answers[request.url?.split('?')[1] ?? '']?.(switchLines(request));
      return lines === undefined ? { isHeld: true } : { lines };
    });
    const limits = { webSockets: { perClient: PER_CLIENT, total: PER_CLIENT } };
    gateway = await gatewayTo(upstream.url, { limits, keys: { metrics: { port: 0 } } });
  });

  const handshake = (answer: string): string => openHandshake.replace('/health ', `/health?${answer} `);

  const openNow = async (): Promise<string | undefined> => {
    const page = await (await fetch(metricsAddress(gateway))).text();
    return samplesOf(page).find((sample) => sample.startsWith('scopegate_websockets_open'));
  };

  /** Checks that all places are free, by taking them. */
  const takeAll = async (): Promise<void> => {
    const clients: RawClient[] = [];
    await until(async () => {
      const client = new RawClient(gateway.url).write(handshake('right'));
      const isOpen = (await client.waitFor('\r\n\r\n')).startsWith('HTTP/1.1 101 ');
      if (isOpen) clients.push(client);
      return clients.length === PER_CLIENT;
    });
    expect(await openNow()).toBe(`scopegate_websockets_open{api="orders"} ${PER_CLIENT}`);
    for (const { socket } of clients) socket.resetAndDestroy();
    await until(async () => (await openNow())?.endsWith(' 0') === true);
  };

  it.each(Object.entries(ends))('are free when %s, open or not', async (_what, end) => {
    for (const answer of ['right', 'held']) {
      const opened = upstream.sides.length;
      const client = new RawClient(gateway.url).write(handshake(answer));
      await until(() => upstream.sides.length > opened);
      if (answer === 'right') await client.waitFor('\r\n\r\n');
      end(client, upstream.last());
      await client.waitForEnd();
      client.socket.destroy();
    }
    await takeAll();
  });

  it('are free after handshakes that fail at each stage', async () => {
    const failing = [
      handshake('wrong'),
      handshake('right').slice(0, -2),
      handshakeWith(),
      handshake('right').replace('Version: 13', 'Version: 12'),
      handshake('right').replace('Host:', 'Content-Length: 3\r\nHost:'),
    ];
    for (const bytes of failing) {
      const client = new RawClient(gateway.url).write(bytes);
      if (!bytes.endsWith('\r\n\r\n')) client.socket.end();
      await client.waitForEnd();
    }
    await takeAll();
  });
});
