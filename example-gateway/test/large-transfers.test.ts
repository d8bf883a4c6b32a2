import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { wholeNumberIn } from '../../test/support/properties/whole-numbers';
import { SEED } from '../../test/support/properties/seed';
import { after } from '../../test/support/time/waiting';
import { aGateway, type TestGateway } from './support/gateway';
import { anUpstream } from './support/upstream';

/** True in `npm run test:nightly`, which runs this file because of its seed. */
const isNightly = wholeNumberIn('SCOPEGATE_PROPERTY_RUNS') !== undefined;

/** In the usual run sizes, pauses and time limits are shrunk alike. */
const { megabytes, pause, idle } = isNightly
  ? { megabytes: 200, pause: 40_000, idle: 30_000 }
  : { megabytes: 24, pause: 1_400, idle: 600 };

const PART = 65_536;
const PARTS = megabytes * 16;
const TITLE = `${megabytes} MB, with two pauses of ${pause} ms and a limit of ${idle} ms for silent upstreams`;

if (isNightly) jest.setTimeout(300_000);

/** The bytes of a part, which differ from those of every other. */
const partOf = (index: number): Buffer => {
  const part = Buffer.alloc(PART, (index + SEED) % 251);
  part.writeUInt32BE(index);
  return part;
};

const digestOfAll = (): string => {
  const hash = createHash('sha256');
  for (let index = 0; index < PARTS; index += 1) hash.update(partOf(index));
  return hash.digest('hex');
};

const gatewayTo = (upstream: string): Promise<TestGateway> =>
  aGateway({ upstream, limits: { timeouts: { connect: 5_000, response: idle, idle } } });

/** Writes all parts, with a pause behind the first and one in the middle. */
const writeAll = async (write: (part: Buffer) => boolean, drained: () => Promise<void>, pauses: boolean) => {
  for (let index = 0; index < PARTS; index += 1) {
    if (!write(partOf(index))) await drained();
    if (pauses && (index === 1 || index === PARTS / 2)) await after(pause);
  }
};

const drainOf = (stream: Writable): Promise<void> => once(stream, 'drain').then(() => undefined);

/** Reads a body behind a head, and pauses twice. @returns the digest of the body */
const readSlowly = async (client: Socket): Promise<string> => {
  const hash = createHash('sha256');
  const pausesAt = [1_000_000, (megabytes / 2) * 1_000_000];
  let head = '';
  let length = 0;
  for await (const bytes of client as AsyncIterable<Buffer>) {
    let body = bytes;
    if (!head.includes('\r\n\r\n')) {
      head += bytes.toString('latin1');
      body = Buffer.from(head.split('\r\n\r\n')[1] ?? '', 'latin1');
    }
    hash.update(body);
    length += body.length;
    if (length > (pausesAt[0] ?? Infinity)) {
      pausesAt.shift();
      await after(pause);
    }
    if (length === PARTS * PART) break;
  }
  return hash.digest('hex');
};

describe('a client that pauses longer than an upstream may be silent', () => {
  it.each([
    ['with a length', { 'Content-Length': String(PARTS * PART) }],
    ['in chunks, which are read without their framing', undefined],
  ])(`reads a whole response ${TITLE}: %s`, async (_, headers) => {
    const upstream = await anUpstream((request, response) => {
      response.writeHead(200, headers ?? { Connection: 'close' });
      const write = (part: Buffer): boolean => response.write(part);
      void writeAll(write, () => drainOf(response), false).then(() => response.end());
    });
    const gateway = await gatewayTo(upstream.url);
    const client = connect(gateway.port, '127.0.0.1');
    // HTTP/1.0 has no chunks, so that the body of unknown length ends with the connection.
    const version = headers === undefined ? '1.0' : '1.1';
    client.write(`GET /orders/health HTTP/${version}\r\nHost: a\r\n\r\n`);
    expect(await readSlowly(client)).toBe(digestOfAll());
  });

  it(`sends a whole body ${TITLE}`, async () => {
    const upstream = await anUpstream(async (request, response) => {
      const hash = createHash('sha256');
      for await (const part of request as AsyncIterable<Buffer>) hash.update(part);
      response.end(hash.digest('hex'));
    });
    const gateway = await gatewayTo(upstream.url);
    const client = connect(gateway.port, '127.0.0.1');
    client.write(`POST /orders/health HTTP/1.1\r\nHost: a\r\nContent-Length: ${PARTS * PART}\r\n\r\n`);
    let received = '';
    client.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
    });
    const write = (part: Buffer): boolean => client.write(part);
    await writeAll(write, () => drainOf(client), true);
    const digest = digestOfAll();
    while (!received.includes(digest) && !client.destroyed) await after(10);
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(received.slice(-digest.length)).toBe(digest);
    client.destroy();
  });

  it('is cut off when its pause exceeds the limit of the gateway', async () => {
    const upstream = await anUpstream((request, response) => {
      request.resume().on('end', () => response.end('ok'));
    });
    const gateway = await aGateway({ upstream: upstream.url, limits: { clientPause: 300 } });
    const client = connect(gateway.port, '127.0.0.1').resume();
    client.write(`POST /orders/health HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n${'x'.repeat(50_000)}`);
    const began = performance.now();
    await new Promise((resolve) => client.once('close', resolve));
    expect(performance.now() - began).toBeGreaterThan(290);
  });
});

describe('a client that waits for a slow upstream', () => {
  it('is not cut off by the limit on its own pauses', async () => {
    const upstream = await anUpstream((_request, response) => {
      setTimeout(() => response.write('first '), 400);
      setTimeout(() => response.end('last'), 800);
    });
    const gateway = await aGateway({ upstream: upstream.url, limits: { clientPause: 100 } });
    expect(await gateway.send(['GET /orders/health HTTP/1.1'])).toMatchObject({ status: 200, body: 'first last' });
    expect((await gateway.send(['POST /orders/health HTTP/1.1'], { body: 'x' })).body).toBe('first last');
  });
});
