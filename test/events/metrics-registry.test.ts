import { Counter, Registry } from 'prom-client';
import { checkOptions, ConfigurationError, scopegate, type RedisLike } from 'scopegate';
import { aGate, APPLICATION, JOHN, recordedLogger, gateOptions } from '../support/gate/gate';
import { expectRecovery } from '../support/redis/redis-outage';
import { ownRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { thrownBy } from '../support/expect/thrown';
import { passwordForm } from '../support/tokens/forms';
import { samplesOf } from '../support/gate/metrics';
import { aForgery } from '../support/tokens/tokens';

/** A gate that counts, with prom-client's own types. */
const counting = (overrides: Parameters<typeof aGate>[0] = {}) => {
  const registry = new Registry();
  return { registry, ...aGate({ metrics: registry, ...overrides }) };
};

const valueOf = async (registry: Registry, name: string): Promise<number | undefined> => {
  const line = samplesOf(await registry.getSingleMetricAsString(name)).at(0);
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};

describe('a registry', () => {
  it('starts counters without labels at zero, so that their first event is an increase', async () => {
    const { registry } = counting();
    expect(await valueOf(registry, 'scopegate_reused_total')).toBe(0);
    expect(await valueOf(registry, 'scopegate_replayed_total')).toBe(0);
  });

  it('adds its default labels, and keeps those of the gate', async () => {
    const { registry, get } = counting();
    registry.setDefaultLabels({ node: 'one', place: 'not ours' });
    await get('/me').expect(401);
    expect(samplesOf(await registry.metrics())).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^scopegate_denied_total\{(?=.*place="guard")(?=.*node="one").*\} 1$/),
        expect.stringMatching(/^scopegate_store_up\{store="memory",node="one",place="not ours"\} 1$/),
      ]),
    );
    const json = await registry.getMetricsAsJSON();
    expect(json.find(({ name }) => name === 'scopegate_denied_total')?.values[0]?.labels).toMatchObject({
      node: 'one',
    });
  });

  it('counts from zero again after a reset', async () => {
    const { registry, get } = counting();
    await get('/me').expect(401);
    registry.resetMetrics();
    expect((await registry.metrics()).includes('scopegate_denied_total{')).toBe(false);
    await get('/me').expect(401);
    expect(await valueOf(registry, 'scopegate_denied_total')).toBe(1);
  });

  it('still reports after a reset whether the store is up, which is a state and not a count', async () => {
    const { registry } = counting();
    registry.resetMetrics();
    expect(await valueOf(registry, 'scopegate_store_up')).toBe(1);
  });

  it('is not changed by being read', async () => {
    const { registry, get } = counting();
    await get('/me').expect(401);
    const text = await registry.metrics();
    for (const { values } of await registry.getMetricsAsJSON()) for (const entry of values) entry.value = 99;
    expect(await registry.metrics()).toBe(text);
  });

  it('includes the metrics of the host, and can be merged with another', async () => {
    const { registry, get } = counting();
    const own = new Counter({ name: 'requests_total', help: 'Requests', registers: [registry] });
    own.inc(3);
    await get('/me').expect(401);
    const merged = Registry.merge([registry, new Registry()]);
    expect(samplesOf(await merged.metrics())).toEqual(
      expect.arrayContaining(['requests_total 3', expect.stringMatching(/^scopegate_denied_total\{.*\} 1$/)]),
    );
  });

  it('reports 0 while Redis is unavailable, and 1 when it has recovered', async () => {
    const own = await ownRedis();
    const { registry, get, signIn } = counting({ redis: aRedis({}, own.url) });
    await signIn();
    expect(await valueOf(registry, 'scopegate_store_up')).toBe(1);
    await own.stop();
    await get('/me', aForgery()).expect(503);
    expect(await valueOf(registry, 'scopegate_store_up')).toBe(0);
    await own.start();
    await expectRecovery(() => get('/health/ready'));
    expect(await valueOf(registry, 'scopegate_store_up')).toBe(1);
  });
});

describe('a second gate on one registry', () => {
  it('S-356 is a start error that opens nothing and does not stop the first one from counting', async () => {
    const { registry, get } = counting();
    const before = await registry.metrics();
    let opened = 0;
    const redis: RedisLike = {
      status: 'ready',
      duplicate: () => {
        opened += 1;
        throw new Error('opened');
      },
      call: async () => null,
      on: () => undefined,
      off: () => undefined,
      disconnect: () => undefined,
    };
    const { logger, lines } = recordedLogger();
    const thrown = thrownBy(() => scopegate({ ...gateOptions(logger), metrics: registry, redis }));
    expect(thrown).toBeInstanceOf(ConfigurationError);
    const { faults, message } = thrown as ConfigurationError;
    expect(faults.map(({ path }) => path)).toEqual([['metrics']]);
    expect(message).toContain('give each gate a registry of its own');
    expect([opened, lines.length]).toEqual([0, 0]);
    expect(await registry.metrics()).toBe(before);
    await get('/me').expect(401);
    expect(await valueOf(registry, 'scopegate_denied_total')).toBe(1);
  });

  it('S-356 is a start error even if only one metric name is in use', () => {
    const registry = new Registry();
    registry.registerMetric(new Counter({ name: 'scopegate_throttled_total', help: 'A host’s own', registers: [] }));
    const thrown = thrownBy(() => counting({ metrics: registry }));
    expect((thrown as ConfigurationError).faults.map(({ path }) => path)).toEqual([['metrics']]);
  });

  it('does not touch the registry when other options are invalid, and uses it when they are valid', () => {
    const registry = new Registry();
    expect(thrownBy(() => counting({ metrics: registry, realm: '"' }))).toBeInstanceOf(ConfigurationError);
    checkOptions({ ...gateOptions(recordedLogger().logger), metrics: registry });
    expect(registry.getMetricsAsArray()).toEqual([]);
    counting({ metrics: registry });
    expect(registry.getMetricsAsArray()).toHaveLength(19);
  });

  it.each(['yes', 1, null, {}, { registerMetric: true }])('S-356 refuses %p in place of a registry', (metrics) => {
    const options = { ...gateOptions(recordedLogger().logger), metrics: metrics as never };
    const thrown = thrownBy(() => scopegate(options));
    expect((thrown as ConfigurationError).faults?.map(({ path }) => path)).toEqual([['metrics']]);
  });
});

describe('the number of label values', () => {
  it('S-174 does not grow with clients, users, addresses, scopes or paths', async () => {
    const { registry, gate, app, token, get, signIn } = counting({ throttle: false });
    app.set('trust proxy', true);
    const { access_token: live } = await signIn();
    const ask = async (text: string): Promise<unknown> => {
      const address = `2001:db8:${text.slice(-4)}::1`;
      return Promise.all([
        token(passwordForm([`user${text}`, text], text))
          .set('X-Forwarded-For', address)
          .expect(400),
        token({ grant_type: text }).expect(400),
        token(passwordForm(JOHN), [`client${text}`, text]).expect(401),
        get(`/me?${text}`, `token${text}`).expect(401),
        get('/admin', live).set('X-Forwarded-For', address).expect(403),
        get(`/me/${text}`).expect(404),
        gate.tokens.revoke({ user: `user${text}` }),
        gate.tokens.issue({ clientId: APPLICATION[0], scopes: [`scope${text}`] }),
      ]);
    };
    const names = async () =>
      samplesOf(await registry.metrics())
        .map((line) => line.replace(/ \S+$/, ''))
        .sort();
    await ask('0000');
    const before = await names();
    for (let count = 1; count <= 300; count += 10) {
      const texts = Array.from({ length: 10 }, (_, index) => (count + index).toString().padStart(4, '0'));
      await Promise.all(texts.map(ask));
    }
    expect(await names()).toEqual(before);
    expect(before.filter((name) => !name.startsWith('scopegate_password_')).length).toBeLessThan(18);
    expect(before.length).toBeLessThan(18 + 21); // 20 of the queue, whose histogram has 15 buckets, and the grants of one client
    expect(before.join()).not.toMatch(/0000|2001|john/);
  }, 60_000);
});
