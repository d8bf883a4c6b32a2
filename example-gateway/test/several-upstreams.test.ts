import type { RequestListener, ServerResponse } from 'node:http';
import { samplesOf } from '../../test/support/gate/metrics';
import { after, until } from '../../test/support/time/waiting';
import { fullListener } from './support/full-listener';
import { aGateway, anApi, anApplication, JOHN, type TestGateway } from './support/gateway';
import { metricsAddress } from './support/metrics';
import { aReloadableGateway } from './support/reloadable';
import { stoppableUpstream, type StoppableUpstream } from './support/stoppable-upstream';
import { anUpstream, unusedAddress } from './support/upstream';

const GET = ['GET /orders/health HTTP/1.1'];
const POST = ['POST /orders/health HTTP/1.1'];

const apiOf = (upstreams: readonly string[], keys = {}) => {
  const { upstream: _, ...api } = anApi('demo:orders', keys);
  return { apis: { orders: { ...api, upstreams } }, metrics: { port: 0 } };
};

const gatewayTo = (upstreams: readonly string[], keys = {}): Promise<TestGateway> =>
  aGateway({ keys: apiOf(upstreams, keys) });

/** An upstream that responds with its name, and counts its requests. */
const named = async (name: string) => {
  const counted = { requests: 0 };
  const respond: RequestListener = (_request, response) => {
    counted.requests += 1;
    response.end(name);
  };
  return Object.assign(await stoppableUpstream(respond), { counted });
};

/** Sends a request several times, one after the other. Returns the statuses, or in place of 200 the body. */
const outcomesOf = async (gateway: TestGateway, lines: readonly string[], times: number) => {
  const outcomes: string[] = [];
  for (let sent = 0; sent < times; sent += 1) {
    const { status, body } = await gateway.send(lines, lines === POST ? { body: 'x' } : {});
    outcomes.push(status === 200 ? body : String(status));
  }
  return outcomes;
};

const times = (outcomes: readonly unknown[], outcome: unknown): number =>
  outcomes.filter((one) => one === outcome).length;

const upstreamSamples = async (gateway: TestGateway): Promise<readonly string[]> => {
  const page = await (await fetch(metricsAddress(gateway))).text();
  return samplesOf(page).filter((sample) => /^scopegate_upstream_(?:failures|servers)/.test(sample));
};

const linesAbout = ({ lines }: TestGateway, { authority }: StoppableUpstream) =>
  lines.filter(({ server, msg }) => server === authority && /left out|used again/.test(msg));

describe('an API with several upstreams', () => {
  it('sends its requests to each of them in turn', async () => {
    const upstreams = [await named('a'), await named('b'), await named('c')];
    const gateway = await gatewayTo(upstreams.map(({ url }) => url));
    expect((await outcomesOf(gateway, GET, 6)).toSorted()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
    expect(times(await outcomesOf(gateway, POST, 6), 'a')).toBe(2);
  });

  it('loses no GET while one of them is killed under load', async () => {
    const held: (() => void)[] = [];
    let isHolding = true;
    const holding = (name: string) =>
      stoppableUpstream((_request, response) => {
        const respond = (): void => void response.end(name);
        if (isHolding) held.push(respond);
        else respond();
      });
    const [a, b] = [await holding('a'), await holding('b')];
    const gateway = await gatewayTo([a.url, b.url]);
    const outcomes: string[] = [];
    const client = async (isOver: () => boolean): Promise<void> => {
      do outcomes.push(...(await outcomesOf(gateway, GET, 1)));
      while (!isOver());
    };

    // Opens the connections that the load needs: what is lost on a new one is not repeated.
    const opening = Array.from({ length: 16 }, () => client(() => true));
    await until(() => held.length === 16);
    isHolding = false;
    for (const respond of held) respond();
    await Promise.all(opening);

    let isOver = false;
    const load = Array.from({ length: 8 }, () => client(() => isOver));
    await until(() => times(outcomes, 'a') >= 50);
    await a.stop();
    const before = outcomes.length;
    await until(() => outcomes.length > before + 200);
    isOver = true;
    await Promise.all(load);
    expect(outcomes.filter((outcome) => !['a', 'b'].includes(outcome))).toEqual([]);
    expect(linesAbout(gateway, a).map(({ level }) => level)).toEqual([40]);
  });

  it('leaves out a server after three failures, loses no GET to its trials, and uses it again when it is back', async () => {
    const [a, b] = [await named('a'), await named('b')];
    const gateway = await gatewayTo([a.url, b.url]);
    await a.stop();
    const outcomes = await outcomesOf(gateway, POST, 8);
    expect(times(outcomes, '502')).toBe(3);
    expect(times(outcomes, 'b')).toBe(5);
    expect(await upstreamSamples(gateway)).toEqual([
      'scopegate_upstream_failures_total{api="orders",reason="connect"} 3',
      'scopegate_upstream_servers_ejected{api="orders"} 1',
    ]);
    expect(linesAbout(gateway, a)).toEqual([
      expect.objectContaining({ level: 40, api: 'orders', environment: 'production', server: a.authority }),
    ]);

    const ejectedAt = performance.now();
    while (performance.now() - ejectedAt < 1_200) {
      expect(await outcomesOf(gateway, GET, 2)).toEqual(['b', 'b']); // the trial among them
    }
    await a.start();
    await until(async () => times(await outcomesOf(gateway, GET, 2), 'a') > 0);
    expect((await outcomesOf(gateway, POST, 4)).toSorted()).toEqual(['a', 'a', 'b', 'b']);
    expect(await upstreamSamples(gateway)).toContain('scopegate_upstream_servers_ejected{api="orders"} 0');
    expect(linesAbout(gateway, a).map(({ level }) => level)).toEqual([40, 30]);
  });

  it('counts the failures of requests that are then repeated', async () => {
    const b = await named('b');
    const gateway = await gatewayTo([await unusedAddress(), b.url]);
    expect(times(await outcomesOf(gateway, GET, 4), 'b')).toBe(4);
    expect(await upstreamSamples(gateway)).toContain(
      'scopegate_upstream_failures_total{api="orders",reason="connect"} 2',
    );
  });

  it('answers 502 after one attempt at each server if all are down, and never refuses by itself', async () => {
    const [a, b] = [await named('a'), await named('b')];
    const gateway = await gatewayTo([a.url, b.url]);
    await Promise.all([a.stop(), b.stop()]);
    expect(await outcomesOf(gateway, GET, 6)).toEqual(Array(6).fill('502'));
    expect(await upstreamSamples(gateway)).toContain(
      'scopegate_upstream_failures_total{api="orders",reason="connect"} 12',
    );
    const failed = gateway.lines.filter(({ msg }) => msg === 'An upstream failed').map(({ server }) => server);
    expect(new Set(failed)).toEqual(new Set([a.authority, b.authority]));
    await b.start();
    expect(times(await outcomesOf(gateway, GET, 4), 'b')).toBe(4);
  });

  it('repeats no request with a body, no POST, and none that an upstream has received', async () => {
    const b = await named('b');
    const closing = await anUpstream((request) => request.socket.destroy());
    const gateway = await gatewayTo([closing.url, b.url]);
    expect((await outcomesOf(gateway, GET, 4)).toSorted()).toEqual(['502', '502', 'b', 'b']);

    const refusing = await gatewayTo([await unusedAddress(), b.url]);
    const withBody = await Promise.all([1, 2].map(() => refusing.send(GET, { body: 'x' })));
    expect(withBody.map(({ status }) => String(status)).toSorted()).toEqual(['200', '502']);
    expect((await outcomesOf(refusing, ['POST /orders/health HTTP/1.1', 'Content-Length: 0'], 2)).toSorted()).toEqual([
      '502',
      'b',
    ]);
  });

  it('may have several for its sandbox, which get the requests of sandbox tokens alone', async () => {
    const [a, b, c] = [await named('a'), await named('b'), await named('c')];
    const sandbox = { consumerKey: 'sandbox', consumerSecret: 'sandbox-secret' };
    const keys = { ...apiOf([a.url], { sandbox: [b.url, c.url] }), applications: [anApplication({ sandbox })] };
    const gateway = await aGateway({ keys });
    const token = await gateway.token('read', JOHN, sandbox);
    const sent = [1, 2, 3, 4].map(() => gateway.send(['GET /orders HTTP/1.1'], { token }));
    const bodies = (await Promise.all(sent)).map(({ body }) => body);
    expect(bodies.toSorted()).toEqual(['b', 'b', 'c', 'c']);
    expect(await outcomesOf(gateway, GET, 3)).toEqual(['a', 'a', 'a']);
  });
});

describe('a server that does not answer attempts to connect', () => {
  const timeouts = { connect: 400 };

  const timed = async (gateway: TestGateway, lines: readonly string[]) => {
    const began = performance.now();
    const [outcome] = await outcomesOf(gateway, lines, 1);
    return { outcome, took: performance.now() - began };
  };

  it('delays a GET by half of the time limit, and the other server responds', async () => {
    const b = await named('b');
    const gateway = await gatewayTo([await fullListener(), b.url], { timeouts });
    const { outcome, took } = await timed(gateway, GET);
    expect(outcome).toBe('b');
    expect(took).toBeGreaterThanOrEqual(200);
    expect(await upstreamSamples(gateway)).toContain(
      'scopegate_upstream_failures_total{api="orders",reason="timeout"} 1',
    );
  });

  it('causes 504 for a POST after the time limit, not early and not much later', async () => {
    const gateway = await gatewayTo([await fullListener(), await fullListener()], { timeouts });
    const { outcome, took } = await timed(gateway, POST);
    expect(outcome).toBe('504');
    expect(took).toBeGreaterThanOrEqual(400);
    expect(took).toBeLessThan(2_400);
  });

  it('is not left out because of requests that had less time, since they waited for others before', async () => {
    const keys = apiOf([await fullListener(), await fullListener()], { timeouts });
    const gateway = await aGateway({ keys, limits: { upstreamSockets: 1 } });
    const sent: Promise<readonly string[]>[] = [];
    for (const pause of [0, 200, 100]) {
      await after(pause);
      sent.push(outcomesOf(gateway, POST, 1), outcomesOf(gateway, POST, 1));
    }
    expect((await Promise.all(sent)).flat()).toEqual(Array(6).fill('504'));
    expect(gateway.lines.filter(({ msg }) => msg.includes('left out'))).toEqual([]);
  });

  it('causes 504 for a GET after the time limit if all servers are like that', async () => {
    const gateway = await gatewayTo([await fullListener(), await fullListener()], { timeouts });
    const { outcome, took } = await timed(gateway, GET);
    expect(outcome).toBe('504');
    expect(took).toBeGreaterThanOrEqual(400);
    expect(took).toBeLessThan(2_400);
  });
});

describe('a reload that changes the upstreams of an API', () => {
  it('sends new requests to the new servers, and lets those in flight finish at the previous ones', async () => {
    const held: ServerResponse[] = [];
    const a = await stoppableUpstream((_request, response) => void held.push(response));
    const [b, c] = [await named('b'), await named('c')];
    const gateway = await aReloadableGateway(apiOf([a.url]));
    const inFlight = gateway.send(GET);
    await until(() => held.length === 1);
    gateway.write(apiOf([b.url, c.url]));
    expect(await gateway.reload()).toMatchObject({ outcome: 'reloaded' });
    expect(gateway.lastReload()).toMatchObject({ changed: ['apis.orders.upstreams'] });
    expect((await outcomesOf(gateway, GET, 4)).toSorted()).toEqual(['b', 'b', 'c', 'c']);
    held[0]?.end('a');
    expect((await inFlight).body).toBe('a');
  });

  it('counts each of the new servers as working', async () => {
    const [a, b] = [await named('a'), await named('b')];
    const gateway = await aReloadableGateway(apiOf([a.url, b.url]));
    await a.stop();
    await outcomesOf(gateway, POST, 6);
    expect(await upstreamSamples(gateway)).toContain('scopegate_upstream_servers_ejected{api="orders"} 1');
    gateway.write({ ...apiOf([a.url, b.url]), realm: 'orders' });
    await gateway.reload();
    await until(async () =>
      (await upstreamSamples(gateway)).includes('scopegate_upstream_servers_ejected{api="orders"} 0'),
    );
    expect(times(await outcomesOf(gateway, POST, 6), '502')).toBe(3);
  });
});
