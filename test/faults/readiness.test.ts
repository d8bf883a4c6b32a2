import { rmSync } from 'node:fs';
import { Cluster, type Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { WriteCheck } from '../../src/stores/redis/write-check';
import { aClock } from '../support/time/clock';
import { aGate, JOHN, type TestGate } from '../support/gate/gate';
import { expectRecovery } from '../support/redis/redis-outage';
import { aGrant } from '../support/tokens/records';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { ownCluster } from '../support/redis/cluster';
import { commandsDuring } from '../support/redis/commands';
import { fits, openRedis } from '../support/redis/connection';
import { rejectionOf } from '../support/expect/thrown';
import { after } from '../support/time/waiting';
import { passwordForm } from '../support/tokens/forms';

const clusters: Cluster[] = [];
afterAll(() => {
  for (const cluster of clusters) cluster.disconnect();
});

interface Harness {
  readonly own: OwnRedis;
  readonly admin: Redis;
  readonly tested: TestGate;
  readonly up: () => Promise<number | undefined>;
}

const upIn = (registry: Registry) => async () => {
  const { values = [] } = (await registry.getSingleMetric('scopegate_store_up')?.get()) ?? {};
  return values[0]?.value;
};

const open = async (
  options: object = {},
  prepare = async (_admin: Redis): Promise<unknown> => undefined,
): Promise<Harness> => {
  const own = await ownRedis({ over: 'port' });
  const admin = await own.client();
  await prepare(admin);
  const registry = new Registry();
  const tested = aGate({
    redis: aRedis(options, own.url),
    prefix: randomPrefix(),
    deadline: 1_000,
    metrics: registry,
  });
  await tested.gate.ready();
  return { own, admin, tested, up: upIn(registry) };
};

interface Refusal {
  readonly name: string;
  readonly state: string;
  readonly options?: object;
  readonly prepare?: (admin: Redis) => Promise<unknown>;
  readonly begin: (admin: Redis) => Promise<unknown>;
  readonly end: (admin: Redis) => Promise<unknown>;
}

const POOR = { username: 'poor', password: 'pw' };
const permit =
  (...rules: readonly string[]) =>
  (admin: Redis) =>
    admin.call('ACL', 'SETUSER', 'poor', ...rules);

/** Makes the snapshots of a server fail by removing their folder. */
const breakSnapshots = async (admin: Redis): Promise<void> => {
  const [, folder = ''] = await admin.config('GET', 'dir');
  rmSync(folder, { recursive: true });
  await admin.config('SET', 'save', '3600 1');
  await admin.bgsave();
  while (!/rdb_last_bgsave_status:err/.test(await admin.info('persistence'))) await after(20);
};

const refusals: readonly Refusal[] = [
  {
    name: 'S-310 that has reached maxmemory and evicts nothing',
    state: 'full',
    begin: (admin) => admin.config('SET', 'maxmemory', '1mb'),
    end: (admin) => admin.config('SET', 'maxmemory', '0'),
  },
  {
    name: 'S-308 that has become a read-only replica',
    state: 'read_only',
    begin: (admin) => admin.replicaof('127.0.0.1', '1'),
    end: (admin) => admin.replicaof('NO', 'ONE'),
  },
  {
    name: 'with too few replicas for min-replicas-to-write',
    state: 'read_only',
    begin: (admin) => admin.config('SET', 'min-replicas-to-write', '1'),
    end: (admin) => admin.config('SET', 'min-replicas-to-write', '0'),
  },
  {
    name: 'that refuses writes because it cannot write its snapshot',
    state: 'read_only',
    begin: breakSnapshots,
    end: (admin) => admin.config('SET', 'stop-writes-on-bgsave-error', 'no'),
  },
  {
    name: 'S-342 that denies writes to the gate’s user',
    state: 'refused',
    options: POOR,
    prepare: permit('on', '>pw', '~*', '&*', '+@all'),
    begin: permit('-@write'),
    end: permit('+@all'),
  },
  {
    name: 'S-342 that denies scripts to the gate’s user',
    state: 'refused',
    options: POOR,
    prepare: permit('on', '>pw', '~*', '&*', '+@all'),
    begin: permit('-eval', '-evalsha'),
    end: permit('+@all'),
  },
];

describe.each(refusals)('a Redis $name', ({ state, options, prepare, begin, end }) => {
  it('is neither ready nor up while no token can be issued, and is both within two seconds of recovery', async () => {
    const { admin, tested, up } = await open(options, prepare);
    await tested.get('/health/ready').expect(200);
    expect(await up()).toBe(1);
    await begin(admin);
    await tested.token(passwordForm(JOHN)).expect(503);
    await expectRecovery(() => tested.get('/health/ready'), 503); // the last outcome holds for a second
    const seen = [];
    for (let times = 0; times < 20; times += 1) {
      seen.push(await tested.get('/health/ready'));
      await after(50);
    }
    expect(seen.map(({ status }) => status)).toEqual(seen.map(() => 503));
    expect(seen.map(({ body }) => body)).toContainEqual({ status: 'unavailable', stores: { redis: state } });
    expect(seen[0]?.headers['retry-after']).toBe('1');
    expect(await up()).toBe(0);
    await tested.get('/health/live').expect(200);
    await end(admin);
    await expectRecovery(() => tested.get('/health/ready'));
    expect(await up()).toBe(1);
    await expectRecovery(() => tested.token(passwordForm(JOHN)));
  });
});

it('S-310 guards keep working while Redis is full, and the metric shows it without a readiness request', async () => {
  const { admin, tested, up } = await open();
  const { access_token: token } = await tested.signIn();
  await admin.config('SET', 'maxmemory', '1mb');
  await after(1_000);
  expect(await up()).toBe(0);
  await tested.get('/me', token).expect(200);
});

it('a Redis that is unavailable is not up, and is up again when it recovers', async () => {
  const { own, tested, up } = await open();
  await own.stop();
  await expectRecovery(() => tested.get('/health/ready'), 503);
  expect((await tested.get('/health/ready')).body).toEqual({ status: 'unavailable', stores: { redis: 'away' } });
  expect(await up()).toBe(0);
  await own.start();
  await expectRecovery(() => tested.get('/health/ready'));
  expect(await up()).toBe(1);
});

it('a Cluster that serves no slots is neither ready nor up, and the log says so', async () => {
  const port = await ownCluster();
  const node = aRedis({}, `redis://127.0.0.1:${port}`);
  const cluster = new Cluster([{ host: '127.0.0.1', port }]);
  cluster.on('error', () => undefined);
  clusters.push(cluster);
  const registry = new Registry();
  const tested = aGate({ redis: fits(cluster), prefix: randomPrefix(), deadline: 1_000, metrics: registry });
  await tested.gate.ready();
  await tested.signIn();
  await node.call('CLUSTER', 'DELSLOTSRANGE', '0', '16000');
  await expectRecovery(() => tested.get('/health/ready'), 503);
  await after(1_000);
  await tested.get('/health/ready').expect(503);
  expect(await upIn(registry)()).toBe(0);
  expect(tested.lines.map(({ fields }) => fields['reason'])).toContain('CLUSTERDOWN');
  await node.call('CLUSTER', 'ADDSLOTSRANGE', '0', '16000');
  await expectRecovery(() => tested.get('/health/ready'));
});

describe('the write of the readiness check', () => {
  it('happens once per second at the most, and leaves one key that expires', async () => {
    const { admin, tested } = await open();
    const ask = () => Promise.all(Array.from({ length: 50 }, () => tested.get('/health/ready').expect(200)));
    await ask();
    await after(1_000);
    const began = performance.now();
    const { set = 0 } = await commandsDuring(admin, async () => {
      await ask();
      await ask();
    });
    expect(set).toBeGreaterThanOrEqual(1);
    expect(set).toBeLessThanOrEqual(1 + (performance.now() - began) / 1_000);
    const keys = (await admin.keys('*')).filter((key) => !key.endsWith(':declarations'));
    expect(keys).toHaveLength(1);
    expect(await admin.pttl(keys[0] ?? '')).toBeGreaterThan(0);
  });

  it('is shared by all concurrent requests, including its failure', async () => {
    const own = await ownRedis();
    const admin = await own.client();
    const { connection, keys } = openRedis(fits(await own.client()));
    const writes = new WriteCheck(connection, keys.writeCheck);
    await writes.check();
    await admin.config('SET', 'maxmemory', '1');
    await after(1_000);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => rejectionOf(writes.check())));
    for (const thrown of outcomes) expect(thrown).toMatchObject({ reason: 'OOM' });
    expect(new Set(outcomes).size).toBe(1);
  });

  it('is logged at intervals when Redis refuses it, and not each time', async () => {
    const { admin, tested } = await open();
    await admin.config('SET', 'maxmemory', '1mb');
    const began = performance.now();
    while (performance.now() - began < 2_500) await tested.get('/health/ready');
    expect(tested.lines.filter(({ fields }) => fields['reason'] === 'OOM')).toHaveLength(1);
  });
});

it('a full store in memory is not ready, and is ready again when an entry has expired', async () => {
  const clock = aClock();
  const store = new MemoryTokenStore({ clock: clock.now, maxGrants: 1 });
  await store.check();
  const { access } = aGrant(clock.now());
  await store.save(access);
  expect(await rejectionOf(store.check())).toMatchObject({ reason: 'full' });
  clock.set(access.expiresAt);
  await store.check();
  await store.close();
});
