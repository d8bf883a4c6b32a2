import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { assertProperty } from '../../test/support/properties/property-runs';
import { after, until } from '../../test/support/time/waiting';
import { aGateway, type TestGateway } from './support/gateway';
import { rawUpstream } from './support/upstream';

const TIMEOUTS = { connect: 400, response: 150, idle: 150 };

/** Milliseconds after which a client must have its response, or a closed connection. */
const MAX_TIME = 5_000;

const OK = 'HTTP/1.1 200 OK\r\n';
const ok = (body: string, fields = ''): string => `${OK}${fields}Content-Length: ${body.length}\r\n\r\n${body}`;
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const FOREIGN = ok('<foreign>');

type Behaviour = (socket: Socket, body: string) => Promise<void> | void;

/** What an upstream does with a request that it has read. `body` is made of the id of the request. */
const UPSTREAM = {
  responds: (socket, body) => void socket.write(ok(body)),
  respondsInChunks: async (socket, body) => {
    socket.write(`${CHUNKED}${chunk(body)}`);
    await after(5);
    socket.write(`${chunk(body)}0\r\n\r\n`);
  },
  respondsLate: async (socket, body) => {
    await after(30);
    socket.write(ok(body));
  },
  respondsAndCloses: (socket, body) => void socket.end(ok(body, 'Connection: close\r\n')),
  endsByClosing: (socket, body) => void socket.end(`${OK}\r\n${body}`),
  respondsWithMuch: (socket, body) => void socket.write(ok(body.repeat(20_000))),
  respondsWithMuchAndCloses: (socket, body) => void socket.end(ok(body.repeat(20_000), 'Connection: close\r\n')),
  respondsBehindInterim: (socket, body) =>
    void socket.write(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n${ok(body)}`),
  hasNoContent: (socket) => void socket.write('HTTP/1.1 204 No Content\r\n\r\n'),
  respondsTwice: (socket, body) => void socket.write(ok(body) + FOREIGN),
  respondsTooLong: (socket, body) => void socket.write(`${ok(body)}more`),
  begunAnother: (socket, body) => void socket.write(`${ok(body)}HTTP/1.1 2`),
  breaksOff: (socket, body) => void socket.end(ok(body).slice(0, -1)),
  resetsHead: (socket) => void socket.write(OK, () => socket.resetAndDestroy()),
  resetsBody: (socket, body) => void socket.write(ok(body).slice(0, -1), () => socket.resetAndDestroy()),
  resetsChunks: (socket, body) => void socket.write(`${CHUNKED}${chunk(body)}`, () => socket.resetAndDestroy()),
  resets: (socket) => void socket.resetAndDestroy(),
  closes: (socket) => void socket.end(),
  isSilent: () => undefined,
  isSilentInHead: (socket) => void socket.write(OK),
  isSilentInBody: (socket, body) => void socket.write(ok(body).slice(0, -1)),
  sendsNoHttp: (socket) => void socket.write('SSH-2.0-OpenSSH\r\n'),
  upgrades: (socket) => void socket.write('HTTP/1.1 101 Odd\r\nConnection: upgrade\r\nUpgrade: odd\r\n\r\n<foreign>'),
} satisfies Readonly<Record<string, Behaviour>>;

type UpstreamBehaviour = keyof typeof UPSTREAM;

/** Those that end with a complete response. What the upstream does to other requests must not make them fail. */
const COMPLETE: ReadonlySet<UpstreamBehaviour> = new Set([
  'responds',
  'respondsInChunks',
  'respondsLate',
  'respondsAndCloses',
  'endsByClosing',
  'respondsWithMuch',
  'respondsWithMuchAndCloses',
  'respondsBehindInterim',
  'hasNoContent',
  'respondsTwice',
  'respondsTooLong',
  'begunAnother',
]);

const request = (method: string, id: string, behaviour: UpstreamBehaviour, fields = ''): string =>
  `${method} /orders/health HTTP/1.1\r\nHost: a\r\nX-Id: <${id}>\r\nX-Behaviour: ${behaviour}\r\n${fields}\r\n`;

type Send = (client: Socket, id: string, behaviour: UpstreamBehaviour) => Promise<void> | void;

const whole: Send = (client, id, behaviour) => void client.write(request('GET', id, behaviour));

/** What a client does. */
const CLIENT = {
  gets: whole,
  posts: (client, id, behaviour) => void client.write(`${request('POST', id, behaviour, 'Content-Length: 4\r\n')}body`),
  postsMuch: (client, id, behaviour) =>
    void client.write(`${request('POST', id, behaviour, 'Content-Length: 400000\r\n')}${'x'.repeat(400_000)}`),
  postsSlowly: async (client, id, behaviour) => {
    client.write(request('POST', id, behaviour, 'Transfer-Encoding: chunked\r\n'));
    for (const part of ['a', 'b', 'c']) {
      await after(8);
      client.write(chunk(part.repeat(10_000)));
    }
    client.write('0\r\n\r\n');
  },
  leavesInHead: async (client, id, behaviour) => {
    client.write(request('GET', id, behaviour).slice(0, -2));
    await after(5);
    client.destroy();
  },
  leavesInBody: async (client, id, behaviour) => {
    client.write(`${request('POST', id, behaviour, 'Content-Length: 400000\r\n')}${'x'.repeat(100_000)}`);
    await after(5);
    client.destroy();
  },
  leavesSoon: (client, id, behaviour) => void client.write(request('GET', id, behaviour), () => client.destroy()),
  leavesLater: async (client, id, behaviour) => {
    client.write(request('GET', id, behaviour));
    await after(10);
    client.destroy();
  },
  resetsLater: async (client, id, behaviour) => {
    client.write(request('GET', id, behaviour));
    await after(10);
    client.resetAndDestroy();
  },
  readsLate: async (client, id, behaviour) => {
    client.pause();
    client.write(request('GET', id, behaviour));
    await after(80);
    client.resume();
  },
  pipelines: (client, id, behaviour) => void client.write(request('GET', id, behaviour).repeat(2)),
} satisfies Readonly<Record<string, Send>>;

type ClientBehaviour = keyof typeof CLIENT;

/** The number of bytes of the first request in front of `bytes`; 0 while it is incomplete. */
const lengthOfRequest = (bytes: string): number => {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return 0;
  const head = bytes.slice(0, end + 4);
  if (/\r\ntransfer-encoding/i.test(head)) {
    const last = bytes.indexOf('\r\n0\r\n\r\n', end);
    return last === -1 ? 0 : last + 7;
  }
  const length = head.length + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return bytes.length < length ? 0 : length;
};

const anyUpstream = () =>
  rawUpstream((socket) => {
    let bytes = '';
    socket.on('data', (arrived: Buffer) => {
      bytes += arrived.toString('latin1');
      for (let length = lengthOfRequest(bytes); length > 0; length = lengthOfRequest(bytes)) {
        const [, id = ''] = /x-id: (\S+)/i.exec(bytes) ?? [];
        const [, behaviour = ''] = /x-behaviour: (\S+)/i.exec(bytes) ?? [];
        bytes = bytes.slice(length);
        void UPSTREAM[behaviour as UpstreamBehaviour](socket, id.repeat(10));
      }
    });
  });

interface Exchange {
  readonly client: ClientBehaviour;
  readonly upstream: UpstreamBehaviour;
  /** Milliseconds after the previous one. */
  readonly pause: number;
}

/** Sends one request. @returns all that the client received until its connection was closed or nothing more came */
const exchange = async ({ port }: TestGateway, id: string, { client: behaviour, upstream }: Exchange) => {
  const client = connect(port, '127.0.0.1').on('error', () => undefined);
  let received = '';
  let isClosed = false;
  client.on('data', (bytes: Buffer) => {
    received += bytes.toString('latin1');
  });
  client.on('close', () => {
    isClosed = true;
  });
  await CLIENT[behaviour](client, id, upstream);
  // A connection that is kept open is closed by the gateway after five idle seconds, which need not be waited for.
  const isAnswered = (): boolean => /\r\n\r\n/.test(received) && !isIncomplete(received);
  await until(() => isClosed || isAnswered(), MAX_TIME);
  client.destroy();
  return received;
};

/** Checks whether the first response in front of `bytes` is incomplete. */
const isIncomplete = (bytes: string): boolean => {
  const [head = '', ...rest] = bytes.split('\r\n\r\n');
  if (head.includes('Transfer-Encoding')) return !bytes.includes('0\r\n\r\n');
  return rest.join('\r\n\r\n').length < Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? 0);
};

interface Result extends Exchange {
  /** Ids of other requests in what the client received. */
  readonly foreign: readonly string[];
  /** True if the client got 502 though the upstream has responded. */
  readonly isFailed: boolean;
}

const resultOf = async (gateway: TestGateway, id: string, one: Exchange): Promise<Result> => {
  const received = await exchange(gateway, id, one);
  const ids = received.match(/<[^>]*>/g) ?? [];
  const foreign = ids.filter((own) => own !== `<${id}>`);
  const isFailed = COMPLETE.has(one.upstream) && received.startsWith('HTTP/1.1 502');
  return { ...one, foreign, isFailed };
};

const EXCHANGE = fc.record({
  client: fc.constantFrom(...(Object.keys(CLIENT) as ClientBehaviour[])),
  upstream: fc.constantFrom(...(Object.keys(UPSTREAM) as UpstreamBehaviour[])),
  pause: fc.integer({ min: 0, max: 5 }),
});

describe('clients that share the connections to an upstream', () => {
  it('get bytes of their own response only, in time, whatever other clients and the upstream do', async () => {
    const upstream = await anyUpstream();
    const gateway = await aGateway({ upstream: upstream.url, limits: { timeouts: TIMEOUTS, upstreamSockets: 6 } });
    let count = 0;
    const property = fc.asyncProperty(fc.array(EXCHANGE, { minLength: 30, maxLength: 30 }), async (exchanges) => {
      const results: Promise<Result>[] = [];
      for (const one of exchanges) {
        await after(one.pause);
        results.push(resultOf(gateway, String((count += 1)), one));
      }
      for (const result of await Promise.all(results)) {
        expect(result).toEqual({ ...result, foreign: [], isFailed: false });
      }
    });
    await assertProperty(property, { numRuns: 12 });
    expect(upstream.sockets.size).toBeLessThanOrEqual(6);
    const answer = await gateway.send(['GET /orders/health HTTP/1.1', 'X-Id: <last>', 'X-Behaviour: responds']);
    expect(answer).toMatchObject({ status: 200, body: '<last>'.repeat(10) });
  }, 60_000);
});
