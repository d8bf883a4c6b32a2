import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { exchangeRaw, valuesOf, type RawResponse } from '../../test/support/http/raw-http';
import { aGateway, type TestGateway } from './support/gateway';
import { echoUpstream, rawUpstream } from './support/upstream';

/** `Übung.txt` as UTF-8, and bytes that are no UTF-8, each as one character per byte. */
const NAME = Buffer.from('Übung.txt').toString('latin1');
const BYTES = '\x80\xa0\xff\xc3\x28';

const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['Content-Disposition', `attachment; filename="${NAME}"`],
  ['Content-Disposition', `attachment; filename="${BYTES}"`],
  ['Location', `/files/${NAME}?q=${BYTES}`],
  ['Set-Cookie', `a=${NAME}`],
  ['Set-Cookie', `b=${BYTES}; Path=/`],
  ['X-Custom_Name', `${NAME} ${BYTES}`],
  ['ETag', `"${BYTES}"`],
];
const LINES = HEADERS.map(([name, value]) => `${name}: ${value}`).join('\r\n');

const linesIn = ({ headers }: RawResponse): readonly (readonly [string, string])[] =>
  headers.filter(([name]) => HEADERS.some(([sent]) => sent === name));

const byName = (left: readonly [string, string], right: readonly [string, string]): number =>
  left.join() < right.join() ? -1 : 1;

const responses: readonly (readonly [how: string, response: string, body: string])[] = [
  ['a length', `HTTP/1.1 200 OK\r\n${LINES}\r\nContent-Length: 5\r\n\r\nhello`, 'hello'],
  ['a length before them', `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n${LINES}\r\n\r\nhello`, 'hello'],
  ['chunks', `HTTP/1.1 200 OK\r\n${LINES}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`, 'hello'],
  ['an empty body', `HTTP/1.1 200 OK\r\n${LINES}\r\nContent-Length: 0\r\n\r\n`, ''],
  ['no body', `HTTP/1.1 204 No Content\r\n${LINES}\r\n\r\n`, ''],
  ['a status without a body', `HTTP/1.1 304 Not Modified\r\n${LINES}\r\nContent-Length: 5\r\n\r\n`, ''],
  ['a redirect', `HTTP/1.1 302 Found\r\n${LINES}\r\nContent-Length: 0\r\n\r\n`, ''],
  ['an error', `HTTP/1.1 500 Fehler ${NAME}\r\n${LINES}\r\nContent-Length: 5\r\n\r\nhello`, 'hello'],
];

describe('header bytes of a response', () => {
  it.each(responses)('reach the client unchanged: with %s', async (_, response, body) => {
    const upstream = await rawUpstream((socket) => socket.on('data', () => socket.write(response, 'latin1')));
    const gateway = await aGateway({ upstream: upstream.url });
    const answer = await gateway.send(['GET /orders/health HTTP/1.1']);
    expect([...linesIn(answer)].sort(byName)).toEqual([...HEADERS].sort(byName));
    expect(answer.body).toBe(body);
  });

  it.each([
    ['a whole body', 1],
    ['a body in parts', 3],
  ])('reach the client unchanged, and so does a body of every byte: %s', async (_, parts) => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (__, byte) => byte));
    const upstream = await rawUpstream((socket) =>
      socket.on('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\n${LINES}\r\nContent-Length: ${parts * 256}\r\n\r\n`, 'latin1');
        for (let part = 0; part < parts; part += 1) setTimeout(() => socket.write(bytes), part * 10);
      }),
    );
    const gateway = await aGateway({ upstream: upstream.url });
    const client = connect(gateway.port, '127.0.0.1');
    client.write('GET /orders/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    const received = await buffer(client);
    expect(received.subarray(received.indexOf('\r\n\r\n') + 4)).toEqual(Buffer.concat(Array(parts).fill(bytes)));
  });

  it('stay single lines in the letter case of the upstream', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nx-ONE:a  \r\nX-One: \t b\r\nContent-Length: 0\r\n\r\n')),
    );
    const gateway = await aGateway({ upstream: upstream.url });
    const answer = await gateway.send(['GET /orders/health HTTP/1.1']);
    expect(valuesOf(answer, 'x-one')).toEqual(['a', 'b']);
  });
});

describe('bytes of a request', () => {
  const send = async (gateway: TestGateway, head: string, body = ''): Promise<void> => {
    const { responses: answers } = await exchangeRaw(gateway.port, `${head}Host: a\r\n\r\n${body}`);
    expect(answers).toMatchObject([{ status: 200 }]);
  };

  it.each([
    ['without a body', 'GET', '', ''],
    ['with a length', 'POST', 'Content-Length: 5\r\n', 'h\xc3\xff\x00o'],
    ['in chunks', 'POST', 'Transfer-Encoding: chunked\r\n', '5\r\nh\xc3\xff\x00o\r\n0\r\n\r\n'],
  ])('reach the upstream unchanged: %s', async (_, method, framing, body) => {
    const upstream = await echoUpstream();
    const gateway = await aGateway({ upstream: upstream.url });
    const target = `/orders/health?name=%C3%9Cbung&bytes=%ff%00&http://a//b`;
    await send(gateway, `${method} ${target} HTTP/1.1\r\nX-Name: ${NAME}\r\nX-Bytes: ${BYTES}\r\n${framing}`, body);
    const { url, headers, body: received } = upstream.only();
    expect(url).toBe(`/health?name=%C3%9Cbung&bytes=%ff%00&http://a//b`);
    expect(headers).toContainEqual(['x-name', NAME]);
    expect(headers).toContainEqual(['x-bytes', BYTES]);
    expect(received).toBe(body === '' ? '' : 'h\xc3\xff\x00o');
  });
});
