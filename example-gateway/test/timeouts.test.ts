import { once } from 'node:events';
import { connect } from 'node:net';
import { exchangeRaw } from '../../test/support/http/raw-http';
import { after, until } from '../../test/support/time/waiting';
import { faultsWith, read } from './support/faults';
import { aConfiguration, aGateway, anApi, type TestGateway } from './support/gateway';
import { anUpstream, rawUpstream } from './support/upstream';

const HEALTH = ['GET /orders/health HTTP/1.1'];

const A = 'http://10.0.0.1:9001';

type Keys = Readonly<Record<string, unknown>>;

const faultsOfApi = (keys: Keys): Promise<readonly string[]> => faultsWith({ apis: { orders: anApi(A, keys) } });

const readApi = (keys: Keys, environment = {}) => {
  const { apis, options } = read(JSON.stringify(aConfiguration({ apis: { orders: anApi(A, keys) } })), environment);
  const [api] = apis;
  if (api === undefined) throw new Error('the file has no API');
  return { api, options };
};

describe('the time limits of an API', () => {
  it('are those of the file, and the defaults for the others', () => {
    const { api, options } = readApi({ timeouts: { response: 120_000 } });
    expect(api.timeouts).toEqual({ response: 120_000 });
    expect(options['apis']).not.toHaveProperty(['orders', 'timeouts']);
    expect(readApi({ timeouts: {} }).api.timeouts).toEqual({});
  });

  it('may be given by the environment', () => {
    expect(readApi({ timeouts: { idle: '${IDLE}' } }, { IDLE: '500' }).api.timeouts).toEqual({
      idle: 500,
    });
  });

  it.each([
    [{ connect: 0 }, 'connect: must be a whole number of milliseconds from 1 to 3600000'],
    [{ response: 3_600_001 }, 'response: must be a whole number of milliseconds from 1 to 3600000'],
    [{ idle: 1.5 }, 'idle: must be a whole number of milliseconds from 1 to 3600000'],
    [{ idle: '30s' }, 'idle: must be a whole number of milliseconds from 1 to 3600000'],
    [{ respond: 1 }, 'respond: is unknown; did you mean "response"?'],
  ])('are refused outside of their range: %j', async (timeouts, problem) => {
    expect(await faultsOfApi({ timeouts })).toEqual([`apis.orders.timeouts.${problem}`]);
  });

  it('are refused if they are not a map', async () => {
    expect(await faultsOfApi({ timeouts: 5_000 })).toEqual([
      'apis.orders.timeouts: must be a map; known keys are connect, response, idle',
    ]);
  });

  it('apply to this API, and the defaults to the others', async () => {
    const silent = await rawUpstream(() => undefined);
    const apis = {
      slow: anApi(silent.url, { context: '/slow' }),
      quick: anApi(silent.url, { context: '/quick', timeouts: { response: 300 } }),
    };
    const limits = { timeouts: { connect: 5_000, response: 1_000, idle: 1_000 } };
    const gateway = await aGateway({ keys: { apis, applications: [] }, limits });
    const durationOf = async (context: string): Promise<number> => {
      const began = performance.now();
      const { status } = await gateway.send([`GET ${context}/health HTTP/1.1`]);
      expect(status).toBe(504);
      return performance.now() - began;
    };
    const [quick, slow] = await Promise.all([durationOf('/quick'), durationOf('/slow')]);
    expect(quick).toBeGreaterThanOrEqual(300);
    expect(quick).toBeLessThan(900);
    expect(slow).toBeGreaterThanOrEqual(1_000);
  });
});

describe('a time limit', () => {
  const MUCH_LATER = 2_000;

  const gatewayWith = async (url: string, timeouts: Keys): Promise<TestGateway> =>
    aGateway({ keys: { apis: { orders: anApi(url, { timeouts }) } } });

  const timed = async (act: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await act();
    return performance.now() - began;
  };

  const expectInTime = (took: number, limit: number): void => {
    expect(took).toBeGreaterThanOrEqual(limit);
    expect(took).toBeLessThan(limit + MUCH_LATER);
  };

  /** Opens a connection, and returns the time from its first to its last byte when it is closed. */
  const timeToEnd = async (gateway: TestGateway): Promise<number> => {
    const client = connect(gateway.port, '127.0.0.1');
    client.on('error', () => undefined).write('GET /orders/health HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(client, 'data');
    return timed(() => once(client.resume(), 'close'));
  };

  it('for a response is never early and not much late', async () => {
    const silent = await rawUpstream(() => undefined);
    const gateway = await gatewayWith(silent.url, { response: 150 });
    for (let round = 0; round < 5; round += 1) {
      const took = await timed(async () => {
        const { status } = await gateway.send(HEALTH);
        expect(status).toBe(504);
      });
      expectInTime(took, 150);
    }
  });

  it('for a response begins when the request is complete', async () => {
    const upstream = await anUpstream((request, response) => void request.resume().on('end', () => response.end('ok')));
    const gateway = await gatewayWith(upstream.url, { response: 700 });
    const parts = async function* () {
      yield 'POST /orders/health HTTP/1.1\r\nHost: a\r\nContent-Length: 100002\r\n\r\n1';
      await after(400);
      yield 'x'.repeat(100_000);
      await after(400);
      yield '2';
    };
    const { responses } = await exchangeRaw(gateway.port, parts());
    expect(responses.map(({ status }) => status)).toEqual([200]);
  });

  /** An upstream that begins its response after a time, and has a pause before each further part of the body. */
  const slowUpstream = (untilHead: number, pause: number) =>
    anUpstream((_request, response) => {
      const parts = ['a', 'b', 'c', 'd'];
      const write = (): void => {
        response.write(parts.shift());
        if (parts.length === 0) response.end();
        else setTimeout(write, pause);
      };
      setTimeout(write, untilHead);
    });

  it('for a response does not cut off its body', async () => {
    const { url } = await slowUpstream(0, 400);
    const gateway = await gatewayWith(url, { response: 1_000, idle: 5_000 });
    expect((await gateway.send(HEALTH)).body).toBe('abcd');
  });

  it('for pauses in a body does not cut off the wait for the response', async () => {
    const { url } = await slowUpstream(1_000, 20);
    const gateway = await gatewayWith(url, { response: 5_000, idle: 900 });
    expect((await gateway.send(HEALTH)).body).toBe('abcd');
  });

  it('for pauses in a body closes the connection, so that a part does not look like the whole', async () => {
    const upstream = await rawUpstream((socket) =>
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')),
    );
    const gateway = await gatewayWith(upstream.url, { idle: 200 });
    expectInTime(await timeToEnd(gateway), 195); // its first byte arrives after the pause has begun
    await until(() => upstream.sockets.size === 0);
  });

  it('longer than the default serves a slow report', async () => {
    const upstream = await anUpstream((_request, response) => void setTimeout(() => response.end('report'), 400));
    const apis = { orders: anApi(upstream.url, { timeouts: { response: 5_000 } }) };
    const limits = { timeouts: { connect: 200, response: 200, idle: 200 } };
    const gateway = await aGateway({ keys: { apis }, limits });
    expect((await gateway.send(HEALTH)).body).toBe('report');
  });
});
