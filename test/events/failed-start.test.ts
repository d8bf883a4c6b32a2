import { Counter, Registry } from 'prom-client';
import { ConfigurationError, scopegate, type RedisLike, type ScopegateOptions } from 'scopegate';
import { ownRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { recordedLogger, type TestScope, gateOptions } from '../support/gate/gate';
import { thrownBy } from '../support/expect/thrown';
import { after } from '../support/time/waiting';

const NAMES = [
  ...[
    'issued',
    'refreshed',
    'replayed',
    'reused',
    'revoked',
    'denied',
    'throttled',
    'limited',
    'subscription_requests',
  ].map((name) => `scopegate_${name}_total`),
  'scopegate_password_grants_total',
  'scopegate_store_up',
  'scopegate_store_may_evict',
  'scopegate_store_deadline_total',
  'scopegate_cache_total',
  'scopegate_password_queue_waiting',
  'scopegate_password_queue_running',
  'scopegate_password_queue_capacity',
  'scopegate_usage_dropped_total',
  'scopegate_password_queue_wait_seconds',
];

/** A gate with Redis has one more. */
const NAMES_WITH_REDIS = [...NAMES, 'scopegate_redis_duration_seconds'];

const start = (changes: Partial<ScopegateOptions<TestScope>>) =>
  scopegate<TestScope>({ ...gateOptions(recordedLogger().logger), ...changes });

/** A client that creates connections until one of them fails, and counts the open ones. */
const failingRedis = (fails: { readonly at: number }) => {
  const open = new Set<object>();
  let made = 0;
  const connection = (): RedisLike => {
    const client: RedisLike = {
      status: 'connecting',
      duplicate: () => {
        made += 1;
        if (made === fails.at) throw new Error('no more connections');
        const duplicate = connection();
        open.add(duplicate);
        return duplicate;
      },
      call: () => Promise.reject(new Error('away')),
      on: () => undefined,
      off: () => undefined,
      disconnect: () => open.delete(client),
    };
    return client;
  };
  return { client: connection(), open };
};

describe('a start that fails because of a metric', () => {
  it.each(NAMES_WITH_REDIS)(
    'S-356 whose name is in use, %s, leaves the registry unchanged and opens no connection',
    async (name) => {
      const registry = new Registry();
      registry.registerMetric(new Counter({ name, help: 'A host’s own', registers: [] }));
      const { client, open } = failingRedis({ at: 0 });
      const thrown = thrownBy(() => start({ metrics: registry, redis: client }));
      expect(thrown).toBeInstanceOf(ConfigurationError);
      const { faults } = thrown as ConfigurationError;
      expect(faults).toMatchObject([{ path: ['metrics'] }]);
      expect(faults[0]?.problem).toContain(`"${name}"`);
      expect(faults[0]?.problem).toContain('give each gate a registry of its own');
      expect(registry.getMetricsAsArray().map((metric) => metric.name)).toEqual([name]);
      expect(open.size).toBe(0);
    },
  );

  it('reports any other error of the registry with its own message', () => {
    const registry = Object.assign(new Registry(), {
      registerMetric: () => {
        throw new TypeError('the registry is broken');
      },
    });
    const thrown = thrownBy(() => start({ metrics: registry }));
    expect(thrown).toBeInstanceOf(ConfigurationError);
    expect((thrown as Error).message).toContain('the registry is broken');
    expect((thrown as Error).message).not.toContain('already');
  });

  it('leaves no connection to a real Redis', async () => {
    const own = await ownRedis();
    const registry = new Registry();
    registry.registerMetric(new Counter({ name: 'scopegate_cache_total', help: 'A host’s own', registers: [] }));
    const client = aRedis({ lazyConnect: true }, own.url);
    expect(thrownBy(() => start({ metrics: registry, redis: client }))).toBeInstanceOf(ConfigurationError);
    await after(100);
    const asker = aRedis({}, own.url);
    expect(
      String(await asker.client('LIST'))
        .trim()
        .split('\n'),
    ).toHaveLength(1);
  });
});

describe('a start that fails while Redis is opened', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it.each([1, 2])('at connection %i leaves no connection, timer or metric', (at) => {
    const registry = new Registry();
    const { client, open } = failingRedis({ at });
    expect(thrownBy(() => start({ metrics: registry, redis: client }))).toMatchObject({
      message: 'no more connections',
    });
    expect([open.size, jest.getTimerCount(), registry.getMetricsAsArray()]).toEqual([0, 0, []]);
    jest.useRealTimers();
  });
});

describe('a portal that was not opened', () => {
  it('because of its options leaves no timer and no listener', async () => {
    jest.useFakeTimers();
    const gate = start({});
    const before = jest.getTimerCount();
    for (const options of [{ title: '' }, { signUp: 'yes' }, { nope: 1 }, null, 5, 'store']) {
      expect(thrownBy(() => gate.portal(options as never))).toBeInstanceOf(ConfigurationError);
    }
    expect(jest.getTimerCount()).toBe(before);
    await gate.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('before the gate was closed leaves no timer when it is opened afterwards', async () => {
    jest.useFakeTimers();
    const gate = start({});
    await gate.close();
    gate.portal();
    await jest.advanceTimersByTimeAsync(0);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });
});

describe('closing a gate', () => {
  it('a second time does not remove the metrics of its successor', async () => {
    const registry = new Registry();
    const first = start({ metrics: registry });
    await Promise.all([first.close(), first.close()]);
    const second = start({ metrics: registry });
    await first.close();
    expect(registry.getMetricsAsArray()).toHaveLength(NAMES.length);
    await second.close();
    expect(registry.getMetricsAsArray()).toEqual([]);
  });

  it('resolves even if the registry throws, and removes the metrics that it can', async () => {
    const registry = new Registry();
    const gate = start({ metrics: registry });
    const remove = registry.removeSingleMetric.bind(registry);
    registry.removeSingleMetric = (name) => {
      if (name === NAMES[0]) throw new Error('the registry is broken');
      remove(name);
    };
    await gate.close();
    expect(registry.getMetricsAsArray().map(({ name }) => name)).toEqual([NAMES[0]]);
  });
});
