import { after, until } from '../../../test/support/time/waiting';
import { closeReasons } from '../../src/websocket/close-frame';
import { RawClient } from '../support/raw-client';
import {
  closeCodeOf,
  framesOf,
  gatewayTo,
  maskedTextFrame,
  openedClient,
  openHandshake,
  textFrame,
} from '../support/web-socket';
import { switchLines, webSocketUpstream, type WebSocketUpstream } from '../support/web-socket-upstream';
import type { TestGateway } from '../support/gateway';

const MASKED_CLOSE = Buffer.of(0x88, 0x80, 0, 0, 0, 0);
const CLOSE = Buffer.of(0x88, 0);

describe('an open WebSocket', () => {
  let upstream: WebSocketUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await webSocketUpstream();
    gateway = await gatewayTo(upstream.url);
  });

  it('passes the bytes of both sides on unchanged, whatever they are', async () => {
    const client = await openedClient(gateway);
    const side = upstream.last();
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256));
    client.write(bytes);
    await until(() => side.received().length >= bytes.length);
    expect(side.received().equals(bytes)).toBe(true);
    side.socket.write(bytes);
    await until(() => framesOf(client).length >= bytes.length);
    expect(framesOf(client).equals(bytes)).toBe(true);
  });

  it('passes frames on byte by byte when they arrive so', async () => {
    const client = await openedClient(gateway);
    const frame = maskedTextFrame('slowly');
    for (const byte of frame) {
      client.write(Uint8Array.of(byte));
      await after(1);
    }
    await until(() => upstream.last().received().length === frame.length);
    expect(upstream.last().received()).toEqual(frame);
  });

  it('passes on what the client sends before the 101', async () => {
    const early = maskedTextFrame('early');
    const client = new RawClient(gateway.url).write(Buffer.concat([Buffer.from(openHandshake), early]));
    await client.waitFor('101 Switching Protocols');
    await until(() => upstream.last().received().length >= early.length);
    expect(upstream.last().received()).toEqual(early);
  });

  it('holds back a client that sends megabytes before the 101, and loses nothing', async () => {
    let accept: () => void = () => undefined;
    const slow = await webSocketUpstream((request) => {
      accept = () =>
        request.socket.write(['HTTP/1.1 101 Switching Protocols', ...switchLines(request), '', ''].join('\r\n'));
      return { isHeld: true };
    });
    const towards = await gatewayTo(slow.url);
    const size = 16 * 1024 * 1024;
    const client = new RawClient(towards.url).write(openHandshake).write(Buffer.alloc(size));
    await until(() => slow.sides.length === 1);
    await after(100);
    expect(client.socket.bytesWritten).toBeGreaterThan(0);
    expect(client.socket.writableLength).toBeGreaterThan(size / 4);
    accept();
    await until(() => slow.last().receivedLength() === size);
  });

  it('passes on what the upstream sends in the same packet as the 101', async () => {
    const greeting = textFrame('hello');
    const greeting101 = await webSocketUpstream((request) => ({ lines: switchLines(request), behind: greeting }));
    const client = await openedClient(await gatewayTo(greeting101.url));
    await until(() => framesOf(client).length >= greeting.length);
    expect(framesOf(client)).toEqual(greeting);
  });

  it('waits for a client that does not read, and then continues', async () => {
    const client = await openedClient(gateway);
    client.socket.pause();
    const side = upstream.last();
    const size = 16 * 1024 * 1024;
    let isWritten = false;
    side.socket.write(Buffer.alloc(size), () => {
      isWritten = true;
    });
    await after(150);
    expect(isWritten).toBe(false);
    client.socket.resume();
    await until(() => client.length > size);
    expect(framesOf(client)).toHaveLength(size);
  });

  it('is closed by the client with the Close frames of both sides', async () => {
    const client = await openedClient(gateway);
    const side = upstream.last();
    client.write(MASKED_CLOSE);
    await until(() => side.received().equals(MASKED_CLOSE));
    side.socket.end(CLOSE);
    await client.waitForEnd();
    expect(framesOf(client)).toEqual(CLOSE);
  });

  it('is ended for the upstream when the client ends or resets its connection', async () => {
    for (const leave of [
      (client: RawClient) => client.socket.end(),
      (client: RawClient) => client.socket.resetAndDestroy(),
    ]) {
      const client = await openedClient(gateway);
      const side = upstream.last();
      client.write(maskedTextFrame('last'));
      await until(() => side.received().length > 0);
      leave(client);
      await until(() => side.isEnded());
    }
  });

  it('is closed for the client with 1014 when the upstream ends or resets its connection without a Close frame', async () => {
    for (const leave of ['end', 'resetAndDestroy'] as const) {
      const client = await openedClient(gateway);
      upstream.last().socket[leave]();
      await client.waitForEnd();
      expect(closeCodeOf(framesOf(client))).toBe(1014);
    }
  });

  it('ends without a Close frame when the upstream has gone in the middle of a frame', async () => {
    const client = await openedClient(gateway);
    const half = textFrame('whole').subarray(0, 4);
    upstream.last().socket.end(half);
    await client.waitForEnd();
    expect(framesOf(client)).toEqual(half);
  });

  it('passes on everything that the upstream has sent before its end, to a client that reads slowly', async () => {
    const client = await openedClient(gateway);
    client.socket.pause();
    const size = 8 * 1024 * 1024;
    upstream.last().socket.end(Buffer.alloc(size));
    await after(100);
    client.socket.resume();
    await until(() => client.isEnded);
    expect(framesOf(client).length).toBeGreaterThanOrEqual(size);
  });
});

describe('a stopping gateway', () => {
  it('closes WebSockets with 1001 and masked towards the upstream, and waits for the Close frame of the client', async () => {
    const upstream = await webSocketUpstream();
    const gateway = await gatewayTo(upstream.url);
    const client = await openedClient(gateway);
    const side = upstream.last();
    const closed = gateway.close();
    await until(() => closeCodeOf(framesOf(client)) === 1001);
    client.write(maskedTextFrame('too late'));
    client.write(MASKED_CLOSE);
    await client.waitForEnd();
    await closed;
    const [first, second, ...rest] = side.received();
    expect([first, (second ?? 0) & 0x80]).toEqual([0x88, 0x80]);
    const [key, payload] = [rest.slice(0, 4), rest.slice(4)];
    const unmasked = Buffer.from(payload.map((byte, index) => byte ^ (key[index % 4] ?? 0)));
    expect([unmasked.readUInt16BE(0), unmasked.toString('latin1', 2)]).toEqual([1001, closeReasons.goingAway.text]);
  });

  it('sends the rest of a frame first, and cuts off a frame that does not end within a second', async () => {
    const upstream = await webSocketUpstream();
    const gateway = await gatewayTo(upstream.url);
    const [whole, endless] = [await openedClient(gateway), await openedClient(gateway)];
    const [side, endlessSide] = upstream.sides;
    const frame = textFrame('in two parts');
    side?.socket.write(frame.subarray(0, 5));
    endlessSide?.socket.write(frame.subarray(0, 5));
    await until(() => framesOf(whole).length === 5 && framesOf(endless).length === 5);
    const began = performance.now();
    const closed = gateway.close();
    await until(() => side?.isEnded() === true);
    side?.socket.write(Buffer.concat([frame.subarray(5), textFrame('dropped')]));
    await until(() => closeCodeOf(framesOf(whole)) === 1001);
    expect(framesOf(whole).subarray(0, frame.length)).toEqual(frame);
    expect(framesOf(whole).toString('latin1')).not.toContain('dropped');
    await closed;
    expect(performance.now() - began).toBeGreaterThan(990);
    expect(framesOf(endless)).toEqual(frame.subarray(0, 5));
  });

  it('refuses new handshakes during its delay, and cuts off handshakes that the upstream does not answer', async () => {
    const upstream = await webSocketUpstream(() => ({ isHeld: true }));
    const gateway = await gatewayTo(upstream.url, { keys: { shutdown: { delay: 300, deadline: 200 } } });
    const waiting = new RawClient(gateway.url).write(openHandshake);
    await until(() => upstream.sides.length === 1);
    const closed = gateway.close();
    expect(await new RawClient(gateway.url).write(openHandshake).waitForEnd()).toMatch(/^HTTP\/1\.1 503 /);
    await closed;
    expect(await waiting.waitForEnd()).toBe('');
  });
});

describe('the limits on WebSockets', () => {
  const gatewayWith = (webSockets: object, upstream: string): Promise<TestGateway> =>
    gatewayTo(upstream, { limits: { webSockets: { perClient: 100, total: 10_000, ...webSockets } } });

  const statusOf = async (gateway: TestGateway): Promise<string | undefined> =>
    (await new RawClient(gateway.url).write(openHandshake).waitFor('\r\n\r\n')).split(' ')[1];

  it('refuse one more of a client before the upstream is asked, until another is closed', async () => {
    const upstream = await webSocketUpstream();
    const gateway = await gatewayWith({ perClient: 2 }, upstream.url);
    const [first] = [await openedClient(gateway), await openedClient(gateway)];
    const refused = await new RawClient(gateway.url).write(openHandshake).waitForEnd();
    expect(refused).toMatch(/^HTTP\/1\.1 429 [^]*^Retry-After: \d+/m);
    expect(upstream.sides).toHaveLength(2);
    first.socket.destroy();
    await until(() => upstream.sides[0]?.isEnded() === true);
    upstream.sides[0]?.socket.destroy();
    await until(async () => (await statusOf(gateway)) === '101');
  });

  it('refuse one more of all clients together', async () => {
    const upstream = await webSocketUpstream();
    const gateway = await gatewayWith({ total: 1 }, upstream.url);
    await openedClient(gateway);
    const refused = await new RawClient(gateway.url).write(openHandshake).waitForEnd();
    expect(refused).toMatch(/^HTTP\/1\.1 503 [^]*^Retry-After: \d+/m);
  });

  it('count the client of a token apart from its address, and failed handshakes not at all', async () => {
    const upstream = await webSocketUpstream();
    const gateway = await gatewayWith({ perClient: 1 }, upstream.url);
    const guarded = openHandshake
      .replace('/orders/health ', '/orders ')
      .replace('Host:', `Authorization: Bearer ${await gateway.token('read')}\r\nHost:`);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const spoilt = openHandshake.replace('Version: 13', 'Version: 8');
      expect(await new RawClient(gateway.url).write(spoilt).waitForEnd()).toMatch(/^HTTP\/1\.1 426 /);
    }
    await openedClient(gateway);
    await openedClient(gateway, guarded);
    expect(await new RawClient(gateway.url).write(guarded).waitForEnd()).toMatch(/^HTTP\/1\.1 429 /);
  });
});
