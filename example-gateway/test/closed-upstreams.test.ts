import type { Socket } from 'node:net';
import { after, until } from '../../test/support/time/waiting';
import { Attempt, type AttemptListener } from '../src/proxy/attempt';
import type { Connection } from '../src/proxy/connection';
import { openUpstream } from '../src/proxy/upstream';
import { aGateway } from './support/gateway';
import { RawClient } from './support/raw-client';
import { rawUpstream } from './support/upstream';

const GET = 'GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n';

/** A listener that wants one part of a body at a time, and the connection that it uses. */
class SlowListener implements AttemptListener {
  readonly events: string[] = [];
  #connection: Connection | undefined;

  send(url: string): void {
    const onConnection = (connection: Connection): void => {
      this.#connection = connection;
      connection.dispatch({ method: 'GET', path: '/', headers: {}, body: null }, new Attempt(this));
    };
    openUpstream(new URL(url), 1).connections.borrow({ onConnection });
  }

  resume(): void {
    this.#connection?.resume();
  }

  onConnected(): void {}
  onRequestSent(): void {}
  onHead(): void {}

  onPart(part: Buffer): boolean {
    this.events.push(part.toString());
    return false;
  }

  onComplete(): void {
    this.events.push('complete');
  }

  onError(): void {
    this.events.push('error');
  }
}

describe('a connection that its upstream closes while no more of a body is wanted', () => {
  const answering = (text: string) =>
    rawUpstream((socket) => {
      socket.once('data', () => socket.write(text));
    });

  const untilFirstPart = async (text: string) => {
    const upstream = await answering(text);
    const listener = new SlowListener();
    listener.send(upstream.url);
    await until(() => listener.events.length === 1);
    const [socket] = upstream.sockets;
    return { listener, socket };
  };

  const CLOSE = 'HTTP/1.1 200 OK\r\nConnection: close\r\n';

  it.each([
    ['with a length', `${CLOSE}Content-Length: 9\r\n\r\nfirst`, 'last', 'last'],
    ['without a length', 'HTTP/1.1 200 OK\r\n\r\nfirst', 'last', 'last'],
    ['in chunks', `${CLOSE}Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n`, '4\r\nlast\r\n0\r\n\r\n', 'last'],
  ])('passes on the rest of the body later: %s', async (_, text, rest, last) => {
    const { listener, socket } = await untilFirstPart(text);
    socket?.end(rest);
    await after(30);
    expect(listener.events).toEqual(['first']);
    listener.resume();
    await until(() => listener.events.length === 3);
    expect(listener.events).toEqual(['first', last, 'complete']);
  });

  it.each([
    ['with a length', `${CLOSE}Content-Length: 9\r\n\r\nfirst`],
    ['without a length', 'HTTP/1.1 200 OK\r\n\r\nfirst'],
    ['in chunks', `${CLOSE}Transfer-Encoding: chunked\r\n\r\n9\r\nfirst`],
    ['of an open connection', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfirst'],
  ])('fails the body if it is a reset: %s', async (_, text) => {
    const { listener, socket } = await untilFirstPart(text);
    socket?.resetAndDestroy();
    await until(() => listener.events.length === 2);
    expect(listener.events).toEqual(['first', 'error']);
  });
});

describe('an upstream that resets its connection', () => {
  it.each([
    ['without a length', 'HTTP/1.1 200 OK\r\n\r\nhello'],
    ['without a length, of HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nhello'],
    ['with a length', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhello'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('does not make a body complete: %s', async (_, text) => {
    const upstream = await rawUpstream((socket) => {
      socket.once('data', () => socket.write(text));
    });
    const gateway = await aGateway({ upstream: upstream.url });
    const client = new RawClient(gateway.url).write(GET);
    await client.waitFor('hello');
    for (const socket of upstream.sockets) socket.resetAndDestroy();
    expect(await client.waitForEnd()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(gateway.lines.at(-1)).toMatchObject({ msg: 'An upstream did not complete its response' });
  });
});

const closing = ({ socket }: RawClient): Promise<string> =>
  new Promise((resolve) => {
    socket.once('close', (isFailed) => resolve(isFailed ? 'reset' : 'ended'));
  });

describe('a client of HTTP/1.0, to which the end of the connection is the end of a body', () => {
  it.each([
    ['is closed too early', (socket: Socket) => socket.end()],
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
    ['is silent for too long', () => undefined],
  ])('gets a reset if the connection to the upstream %s', async (_, leave) => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
    const upstream = await rawUpstream((socket) => {
      socket.once('data', () => socket.write(text));
    });
    const timeouts = { connect: 5_000, response: 5_000, idle: 300 };
    const gateway = await aGateway({ upstream: upstream.url, limits: { timeouts } });
    const client = new RawClient(gateway.url).write('GET /orders/health HTTP/1.0\r\n\r\n');
    const closed = closing(client);
    await client.waitFor('hello');
    for (const socket of upstream.sockets) leave(socket);
    expect(await closed).toBe('reset');
  });

  it('gets a complete body as usual', async () => {
    const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n';
    const upstream = await rawUpstream((socket) => {
      socket.once('data', () => socket.write(text));
    });
    const gateway = await aGateway({ upstream: upstream.url });
    const client = new RawClient(gateway.url).write('GET /orders/health HTTP/1.0\r\n\r\n');
    const closed = closing(client);
    expect(await client.waitForEnd()).toMatch(/\r\n\r\nhello$/);
    expect(await closed).toBe('ended');
  });
});
