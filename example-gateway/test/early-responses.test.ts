import { connect, type Socket } from 'node:net';
import { aGateway } from './support/gateway';
import { rawUpstream } from './support/upstream';

const PART = Buffer.alloc(65_536, 'x');
const REPEATS = 20;

const TOO_LARGE = 'HTTP/1.1 413 Content Too Large\r\nX-From: upstream\r\n';

/** Ways in which a server refuses an upload when it has read the first bytes of it. */
const refusals: readonly (readonly [how: string, refuse: (socket: Socket) => void])[] = [
  ['responds and reads on', (socket) => void socket.write(`${TOO_LARGE}Content-Length: 7\r\n\r\ntoo big`)],
  [
    'responds and reads no more',
    (socket) => {
      socket.write(`${TOO_LARGE}Content-Length: 7\r\n\r\ntoo big`);
      socket.pause();
    },
  ],
  [
    'responds and closes with unread data',
    (socket) => {
      socket.pause();
      socket.end(`${TOO_LARGE}Connection: close\r\nContent-Length: 7\r\n\r\ntoo big`);
      socket.destroySoon();
    },
  ],
  [
    'responds without a length and closes',
    (socket) => {
      socket.end(`${TOO_LARGE}\r\ntoo big`);
      socket.destroySoon();
    },
  ],
  [
    'responds and resets the connection',
    (socket) => {
      socket.write(`${TOO_LARGE}Content-Length: 7\r\n\r\ntoo big`);
      socket.resetAndDestroy();
    },
  ],
  [
    'responds in chunks and resets the connection',
    (socket) => {
      socket.write(`${TOO_LARGE}Transfer-Encoding: chunked\r\n\r\n7\r\ntoo big\r\n0\r\n\r\n`);
      socket.resetAndDestroy();
    },
  ],
];

/** Waits until a client may write more, or its connection has closed. */
const drained = (client: Socket): Promise<void> =>
  new Promise((resolve) => {
    client.once('drain', resolve).once('close', () => resolve());
  });

interface Upload {
  readonly size: number;
  readonly lines: readonly string[];
  /** True for a client that reads nothing until it has sent everything. */
  readonly readsLate: boolean;
}

/** Sends a body, whatever arrives meanwhile. @returns what arrived until the response was complete or the end */
const upload = async (port: number, { size, lines, readsLate }: Upload): Promise<string> => {
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);
  if (readsLate) client.pause();
  let received = '';
  const isComplete = new Promise<void>((resolve) => {
    client.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
      if (received.includes('too big') || received.includes('"error"')) resolve();
    });
    client.on('close', () => resolve());
  });
  client.write(['POST /orders/health HTTP/1.1', 'Host: a', ...lines, '', ''].join('\r\n'));
  const isChunked = lines.some((line) => line.startsWith('Transfer-Encoding'));
  const part = isChunked ? Buffer.concat([Buffer.from('10000\r\n'), PART, Buffer.from('\r\n')]) : PART;
  for (let sent = 0; sent < size && client.writable; sent += PART.length) {
    if (!client.write(part)) await drained(client);
  }
  client.resume();
  await isComplete;
  client.destroy();
  return received;
};

describe('the early response of an upstream to an upload', () => {
  it.each(refusals)('reaches the client when the upstream %s', async (_, refuse) => {
    const upstream = await rawUpstream((socket) => void socket.once('data', () => refuse(socket)));
    const gateway = await aGateway({ upstream: upstream.url });
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const size = 2_097_152;
      const lines = repeat % 2 === 0 ? [`Content-Length: ${size}`] : ['Transfer-Encoding: chunked'];
      const received = await upload(gateway.port, { size, lines, readsLate: repeat % 4 > 1 });
      expect(received).toMatch(/^HTTP\/1\.1 413 [^]*X-From: upstream\r\n[^]*\r\n\r\n(?:7\r\n)?too big/);
    }
    expect(gateway.lines.filter(({ msg }) => msg === 'An upstream failed')).toEqual([]);
  });

  it.each([
    ['keeps its connection', []],
    ['closes its connection after the response', ['Connection: close']],
  ])('reaches a client that reads only after it has sent a large body, and that %s', async (_, lines) => {
    const upstream = await rawUpstream(
      (socket) => void socket.once('data', () => socket.write(`${TOO_LARGE}Content-Length: 7\r\n\r\ntoo big`)),
    );
    const gateway = await aGateway({ upstream: upstream.url });
    const size = 16_777_216;
    for (let repeat = 0; repeat < 3; repeat += 1) {
      const sent = { size, lines: [...lines, `Content-Length: ${size}`], readsLate: true };
      expect(await upload(gateway.port, sent)).toMatch(/^HTTP\/1\.1 413 /);
    }
  });

  it('reaches the client as 502 if the upstream closes without one', async () => {
    const upstream = await rawUpstream((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const gateway = await aGateway({ upstream: upstream.url });
    for (let repeat = 0; repeat < 5; repeat += 1) {
      const size = 2_097_152;
      const sent = { size, lines: [`Content-Length: ${size}`], readsLate: false };
      expect(await upload(gateway.port, sent)).toMatch(/^HTTP\/1\.1 502 /);
    }
  });
});

describe('a client that sends on after an early response', () => {
  it('is cut off when it has sent far more than a client has on its way', async () => {
    const upstream = await rawUpstream(
      (socket) => void socket.once('data', () => socket.write(`${TOO_LARGE}Content-Length: 7\r\n\r\ntoo big`)),
    );
    const gateway = await aGateway({ upstream: upstream.url });
    const client = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);
    client.resume();
    client.write('POST /orders/health HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n');
    let sent = 0;
    while (client.writable && sent < 200_000_000) {
      sent += PART.length;
      if (!client.write(PART)) await drained(client);
    }
    expect(sent).toBeGreaterThan(60_000_000);
    expect(sent).toBeLessThan(150_000_000);
  });
});
