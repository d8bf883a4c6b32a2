import { Cluster, type Redis } from 'ioredis';
import { Cluster as Cluster5 } from 'ioredis5';
import { Registry } from 'prom-client';
import { aGate, type LogLine, type TestGate } from '../support/gate/gate';
import { samplesOf } from '../support/gate/metrics';
import { aRedis } from '../support/redis/clients';
import { ownClusterOfTwo } from '../support/redis/cluster';
import { fits } from '../support/redis/connection';
import { redisWithHook } from '../support/redis/hook';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { deferred } from '../support/time/deferred';
import { until } from '../support/time/waiting';

const MINUTE_MS = 60_000;

// The product's intervals are advanced by the tests; sockets and deadlines use real time.
const REAL_TIME = [
  ...(['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate', 'clearImmediate'] as const),
  ...(['setTimeout', 'clearTimeout'] as const),
];
beforeEach(() => void jest.useFakeTimers({ doNotFake: [...REAL_TIME] }));
afterEach(() => void jest.useRealTimers());

const nextMinute = () => jest.advanceTimersByTimeAsync(MINUTE_MS);

type Options = Parameters<typeof aGate>[0];

interface Harness extends TestGate {
  readonly own: OwnRedis;
  readonly admin: Redis;
  /** The lines of a scrape that begin with this name. */
  readonly samples: (name: string) => Promise<readonly string[]>;
}

/** A gate on a server of its own. It has no cache, so that its only interval is the one under test. */
const open = async (prepare: (admin: Redis) => Promise<unknown>, options: Options = {}): Promise<Harness> => {
  const own = await ownRedis({ over: 'port' });
  const admin = await own.client();
  await prepare(admin);
  const registry = new Registry();
  const tested = aGate({
    redis: aRedis({}, own.url),
    prefix: randomPrefix(),
    cache: false,
    metrics: registry,
    ...options,
  });
  const samples = async (name: string) =>
    samplesOf(await registry.metrics()).filter((line) => line.startsWith(`${name}{`));
  return { ...tested, own, admin, samples };
};

const unprepared = async (): Promise<void> => undefined;

const evict = async (admin: Redis, policy = 'allkeys-lru'): Promise<void> => {
  await admin.config('SET', 'maxmemory', '100mb');
  await admin.config('SET', 'maxmemory-policy', policy);
};

const keepAll = (admin: Redis) => admin.config('SET', 'maxmemory-policy', 'noeviction');

const ready = ({ get }: Pick<TestGate, 'get'>) => get('/health/ready');

const untilStatus = (tested: Pick<TestGate, 'get'>, status: number) =>
  until(async () => (await ready(tested)).status === status);

const NOT_READY = { status: 'unavailable', stores: { redis: 'evicting' } };

const evictionLines = ({ lines }: Pick<TestGate, 'lines'>): readonly LogLine[] =>
  lines.filter(({ message }) => /evict|maxmemory/.test(message));

/** Counts the INFO commands that a server has received, without those of the returned function. */
const infoCounter = (admin: Redis): (() => Promise<number>) => {
  let own = 0;
  return async () => {
    const [, calls] = /^cmdstat_info:calls=(\d+)/m.exec(await admin.info('commandstats')) ?? [];
    own += 1;
    return Number(calls ?? 0) - own;
  };
};

describe.each(['allkeys-lru', 'volatile-ttl'])('S-311 a Redis with a memory limit and the policy %s', (policy) => {
  it('makes the gate not ready, with a state of its own, and the log names the cure', async () => {
    const tested = await open((admin) => evict(admin, policy));
    await untilStatus(tested, 503);
    const { body, headers } = await ready(tested);
    expect([body, headers['retry-after']]).toEqual([NOT_READY, '1']);
    expect(await tested.samples('scopegate_store_up')).toEqual(['scopegate_store_up{store="redis"} 0']);
    expect(await tested.samples('scopegate_store_may_evict')).toEqual(['scopegate_store_may_evict{store="redis"} 1']);
    expect(evictionLines(tested)).toEqual([
      {
        level: 'error',
        fields: { store: 'redis', policy },
        message: expect.stringMatching(/noeviction.*redisMayEvict/),
      },
    ]);
  });
});

describe('S-311 a gate on a Redis that may evict keys', () => {
  it('is never ready before the policy has been read', async () => {
    const own = await ownRedis({ over: 'port' });
    await evict(await own.client());
    const held = deferred();
    const isReading = ([command, section]: readonly unknown[]) => command === 'info' && section === 'memory';
    const tested = await open(unprepared, {
      redis: redisWithHook(aRedis({}, own.url), isReading, () => held.promise),
    });
    const status = ready(tested).then((answer) => answer.status);
    // Far more round trips than the rest of the readiness check.
    const signedIn = Promise.all([tested.signIn(), tested.signIn()]).then(() => 'signed in');
    expect(await Promise.race([status, signedIn])).toBe('signed in');
    held.resolve();
    expect(await status).toBe(503);
  });

  it('continues to issue and to check tokens', async () => {
    const tested = await open(evict);
    await untilStatus(tested, 503);
    const { access_token: token } = await tested.signIn();
    await tested.get('/me', token).expect(200);
  });

  it('becomes not ready if the policy is changed at run time, and ready again when it is corrected', async () => {
    const tested = await open(unprepared);
    await tested.gate.ready();
    expect(evictionLines(tested)).toEqual([]);
    await evict(tested.admin);
    await nextMinute();
    await untilStatus(tested, 503);
    await keepAll(tested.admin);
    expect((await ready(tested)).status).toBe(503);
    await nextMinute();
    await untilStatus(tested, 200);
    expect(await tested.samples('scopegate_store_may_evict')).toEqual(['scopegate_store_may_evict{store="redis"} 0']);
    expect(evictionLines(tested).map(({ level }) => level)).toEqual(['error', 'info']);
  });

  it('reads the policy when it reconnects, such as after a failover', async () => {
    const tested = await open(evict);
    await untilStatus(tested, 503);
    await tested.own.stop();
    await tested.own.start(); // with the default policy
    await untilStatus(tested, 200);
    await evict(tested.admin);
    await tested.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await until(async () => (await ready(tested)).body.stores.redis === 'evicting');
  });

  it('is not ready for gate.ready() either, which waits until the policy is corrected', async () => {
    const tested = await open(evict);
    let isReady = false;
    const waiting = tested.gate.ready().then(() => {
      isReady = true;
    });
    await untilStatus(tested, 503);
    await nextMinute();
    expect(isReady).toBe(false);
    await keepAll(tested.admin);
    await nextMinute();
    await waiting;
    expect((await ready(tested)).status).toBe(200);
  });

  it('ends the wait of gate.ready() when it is closed', async () => {
    const tested = await open(evict);
    const waiting = tested.gate.ready();
    await untilStatus(tested, 503);
    await tested.close();
    await waiting;
  });
});

describe('the check of the eviction policy', () => {
  it('sends one command a minute, however often readiness is checked, and repeats its error every ten', async () => {
    const tested = await open(evict);
    await untilStatus(tested, 503);
    const count = infoCounter(tested.admin);
    for (let minute = 1; minute < 10; minute += 1) {
      const before = await count();
      await nextMinute();
      await until(async () => (await count()) > before);
      for (let times = 0; times < 10; times += 1) await ready(tested);
      expect((await count()) - before).toBe(1);
    }
    expect(evictionLines(tested)).toHaveLength(1);
    await nextMinute();
    await until(() => evictionLines(tested).length === 2);
  });

  it('keeps no process alive, and ends with the gate', async () => {
    const started = jest.spyOn(globalThis, 'setInterval');
    const tested = await open(unprepared);
    await tested.gate.ready();
    const intervals = started.mock.results.map(({ value }) => value as NodeJS.Timeout);
    expect(intervals.map((interval) => interval.hasRef())).toEqual(intervals.map(() => false));
    expect(jest.getTimerCount()).toBeGreaterThan(0);
    await tested.close();
    expect(jest.getTimerCount()).toBe(0);
    started.mockRestore();
  });

  it('does not apply to a store in memory', async () => {
    const registry = new Registry();
    const tested = aGate({ metrics: registry });
    await ready(tested).expect(200);
    expect(samplesOf(await registry.metrics())).toContain('scopegate_store_may_evict{store="memory"} 0');
  });
});

describe('the option redisMayEvict', () => {
  it('lets a gate be ready on a Redis that evicts, without an error, and the metric still shows the policy', async () => {
    const tested = await open(evict, { redisMayEvict: true });
    await tested.gate.ready();
    await ready(tested).expect(200);
    await nextMinute();
    expect(await tested.samples('scopegate_store_up')).toEqual(['scopegate_store_up{store="redis"} 1']);
    expect(await tested.samples('scopegate_store_may_evict')).toEqual(['scopegate_store_may_evict{store="redis"} 1']);
    expect(evictionLines(tested)).toEqual([]);
  });
});

describe('a policy that evicts nothing yet, because Redis has no memory limit,', () => {
  it('is a warning, and becomes an error with the limit', async () => {
    const tested = await open((admin) => admin.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    await tested.gate.ready();
    await nextMinute();
    await ready(tested).expect(200);
    expect(await tested.samples('scopegate_store_may_evict')).toEqual(['scopegate_store_may_evict{store="redis"} 0']);
    expect(evictionLines(tested)).toEqual([
      {
        level: 'warn',
        fields: { store: 'redis', policy: 'allkeys-lru' },
        message: expect.stringContaining('noeviction'),
      },
    ]);
    await tested.admin.config('SET', 'maxmemory', '100mb');
    await nextMinute();
    await untilStatus(tested, 503);
  });
});

describe('a Redis that does not permit INFO', () => {
  const POOR = { username: 'poor', password: 'pw', enableReadyCheck: false }; // the driver's check sends INFO as well

  const openPoor = async () => {
    const own = await ownRedis({ over: 'port' });
    const admin = await own.client();
    await evict(admin);
    await admin.call('ACL', 'SETUSER', 'poor', 'on', '>pw', '~*', '&*', '+@all', '-info');
    return { own, admin, redis: aRedis(POOR, own.url) };
  };

  it('S-342 is ready, with one warning, and without a value of the metric', async () => {
    const { redis } = await openPoor();
    const tested = await open(unprepared, { redis });
    await tested.gate.ready();
    const { access_token: token } = await tested.signIn();
    for (let minutes = 0; minutes < 3; minutes += 1) await nextMinute();
    await ready(tested).expect(200);
    await tested.get('/me', token).expect(200);
    expect(await tested.samples('scopegate_store_may_evict')).toEqual([]);
    expect(tested.lines).toEqual([
      { level: 'warn', fields: { store: 'redis', reason: 'NOPERM' }, message: expect.stringContaining('permit INFO') },
    ]);
  });

  it('S-342 is checked as soon as INFO is permitted, and its last known policy is not used once it is denied', async () => {
    const { admin, redis } = await openPoor();
    const tested = await open(unprepared, { redis });
    await tested.gate.ready();
    await admin.call('ACL', 'SETUSER', 'poor', '+info');
    await nextMinute();
    await untilStatus(tested, 503);
    await admin.call('ACL', 'SETUSER', 'poor', '-info');
    await nextMinute();
    await untilStatus(tested, 200);
    expect(await tested.samples('scopegate_store_may_evict')).toEqual([]);
  });
});

const clusters: { disconnect(): void }[] = [];
afterAll(() => {
  for (const cluster of clusters) cluster.disconnect();
});

describe.each([
  ['6', (port: number) => new Cluster([{ host: '127.0.0.1', port }])],
  ['5', (port: number) => new Cluster5([{ host: '127.0.0.1', port }])],
] as const)('a Cluster with ioredis %s', (_major, connect) => {
  const openCluster = async () => {
    const ports = await ownClusterOfTwo();
    const nodes = ports.map((port) => aRedis({}, `redis://127.0.0.1:${port}`));
    const client = connect(ports[0]);
    client.on('error', () => undefined);
    clusters.push(client);
    return { nodes, tested: await open(unprepared, { redis: fits(client) }) };
  };

  it('S-311 is not ready while any of its primaries may evict keys', async () => {
    const { nodes, tested } = await openCluster();
    await tested.gate.ready();
    for (const node of nodes) {
      await evict(node);
      await nextMinute();
      await untilStatus(tested, 503);
      expect((await ready(tested)).body).toEqual(NOT_READY);
      await keepAll(node);
      await nextMinute();
      await untilStatus(tested, 200);
    }
  }, 40_000);

  it('receives one command a minute at each primary', async () => {
    const { nodes, tested } = await openCluster();
    await tested.gate.ready();
    await nextMinute();
    await ready(tested).expect(200);
    for (const count of nodes.map(infoCounter)) {
      const before = await count();
      await nextMinute();
      await until(async () => (await count()) > before);
      await ready(tested).expect(200);
      expect((await count()) - before).toBe(1);
    }
  }, 40_000);
});
