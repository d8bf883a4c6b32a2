import { Registry, type OpenMetricsContentType } from 'prom-client';
import request from 'supertest';
import type { MetricsRegistry } from 'scopegate';
import { withApplications } from '../support/gate/applications';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, APPLICATION, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import { refresh, refreshed } from '../support/tokens/refreshing';
import { passwordForm, clientForm } from '../support/tokens/forms';
import { samplesOf } from '../support/gate/metrics';

const SANDBOX: Pair = ['sandbox-key', 'sandbox-secret'];

const HELP: Readonly<Record<string, string>> = {
  issued: 'counter Grants for which tokens were issued',
  refreshed: 'counter Refresh tokens used and replaced',
  replayed: 'counter Refreshes repeated inside the grace window',
  reused: 'counter Spent refresh tokens and authorization codes used again, each the end of its grant',
  revoked:
    'counter Revocations of a grant, or of all tokens of a client, a user or an organization, or under a consent',
  denied: 'counter Requests refused, by place, status and reason',
  throttled: 'counter Attempts refused because too many before them had failed',
  limited:
    'counter Requests over a limit of one user, client or network, beyond a plan or beyond the limit of a resource',
  subscription_requests: 'counter Requests for subscriptions that were made, withdrawn, approved or rejected',
  password_grants:
    'counter Password grants for which tokens were issued, by client; clients after the first 100 are counted as other',
  store_up:
    'gauge Whether tokens can be issued and are kept: the store answers, accepts writes and evicts no live keys',
  store_may_evict: 'gauge Whether the store may evict live keys; absent while that is not known',
  store_deadline: 'counter Commands that the store did not answer in time',
  password_queue_waiting: 'gauge Requests that wait for password work',
  password_queue_running: 'gauge Password hashes that are computed at the moment',
  password_queue_capacity: 'gauge Maximum number of requests that wait for password work',
  usage_dropped:
    'counter Requests that are missing in the usage of applications: too many clients, or the store was away',
  redis_duration_seconds: 'histogram Time from a command to the reply of Redis, late replies included',
  password_queue_wait_seconds: 'histogram Time that password work waited for its turn',
};

/** Does a bit of everything, a known number of times. */
const walk = async (tested: TestGate, advance: (seconds: number) => void): Promise<void> => {
  const { gate, get, put, token, signIn } = tested;
  const first = await signIn(JOHN, 'read');
  await signIn(JOHN, 'read');
  await token(passwordForm(JOHN), SANDBOX).expect(200);
  await token(clientForm()).expect(200);
  await gate.tokens.issue({ clientId: APPLICATION[0] });
  await refreshed(tested, first);
  await refreshed(tested, first); // replay
  advance(11);
  await refresh(tested, first.refresh_token).expect(400); // reuse
  const { access_token: last } = await signIn(JOHN, 'read');
  await get('/orders', last).expect(200);
  for (let times = 0; times < 3; times += 1) await put('/orders/1', last).expect(403);
  await get('/me').expect(401);
  await request(tested.app)
    .post('/revoke')
    .auth(...APPLICATION)
    .type('form')
    .send({ token: last })
    .expect(200);
  await get('/orders', last).expect(401);
  for (let times = 0; times < 2; times += 1) await token(passwordForm([JOHN[0], 'wrong'])).expect(400);
};

/** The result of a scrape after those requests, without the name of the store. */
const WALKED: readonly string[] = [
  'scopegate_issued_total{occasion="password",environment="production"} 3',
  'scopegate_issued_total{occasion="password",environment="sandbox"} 1',
  'scopegate_issued_total{occasion="client_credentials",environment="production"} 1',
  'scopegate_issued_total{occasion="management",environment="production"} 1',
  'scopegate_password_grants_total{client="key"} 3',
  'scopegate_password_grants_total{client="sandbox-key"} 1',
  'scopegate_refreshed_total{environment="production"} 1',
  'scopegate_replayed_total 1',
  'scopegate_reused_total 1',
  'scopegate_revoked_total{because="reuse",ends="grants"} 1',
  'scopegate_revoked_total{because="request",ends="grants"} 1',
  'scopegate_denied_total{place="token",status="400",reason="invalid_grant"} 3',
  'scopegate_denied_total{place="guard",status="403",reason="insufficient_scope"} 3',
  'scopegate_denied_total{place="guard",status="401",reason="no_token"} 1',
  'scopegate_denied_total{place="guard",status="401",reason="invalid_token"} 1',
  'scopegate_throttled_total{rule="accountAndAddress"} 1',
  'scopegate_store_deadline_total 0',
  'scopegate_password_queue_waiting 0',
  'scopegate_password_queue_running 0',
  'scopegate_password_queue_capacity 400',
  'scopegate_password_queue_wait_seconds_count 6',
  'scopegate_usage_dropped_total 0',
];

/** A histogram always has the same samples. Their values vary: durations, and how many commands Redis got. */
const withoutDurations = (samples: readonly string[]): readonly string[] =>
  samples.filter((sample) => !/_seconds_(?:bucket\{|sum )|redis_duration_seconds_count/.test(sample)).sort();

const sandboxed = {
  applications: withApplications().applications.map((application) => ({
    ...application,
    sandbox: { consumerKey: SANDBOX[0], consumerSecret: SANDBOX[1] },
  })),
  throttle: { accountAndAddress: { failures: 1 } },
};

describe.each(everyStore)('metrics over %s', (kind, freshStore) => {
  const storeName = kind === 'Redis' ? 'redis' : 'memory';
  const helps = Object.entries(HELP).filter(([short]) => kind === 'Redis' || !short.startsWith('redis_'));
  const gauges = [`scopegate_store_up{store="${storeName}"} 1`, `scopegate_store_may_evict{store="${storeName}"} 0`];

  const walked = async (registry: MetricsRegistry): Promise<TestGate> => {
    const clock = aClock();
    const tested = aGate({
      ...(await freshStore()),
      ...sandboxed,
      cache: false,
      clock: clock.now,
      metrics: registry,
    });
    await walk(tested, (seconds) => clock.advance(seconds));
    return tested;
  };

  it('are printed in the Prometheus format', async () => {
    const registry = new Registry();
    await walked(registry);
    const text = await registry.metrics();
    expect(withoutDurations(samplesOf(text))).toEqual([...WALKED, ...gauges].sort());
    for (const [short, words] of helps) {
      const [type, ...help] = words.split(' ');
      const full = type === 'counter' ? `scopegate_${short}_total` : `scopegate_${short}`;
      expect(text).toContain(`# HELP ${full} ${help.join(' ')}\n# TYPE ${full} ${type}\n`);
    }
  });

  it('are printed in the OpenMetrics format at every scrape', async () => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    await walked(registry);
    const text = await registry.metrics();
    expect(withoutDurations(samplesOf(text))).toEqual([...WALKED, ...gauges].sort());
    expect(text).toContain('\n# TYPE scopegate_denied counter\n');
    expect(text).toMatch(/\n# EOF\n$/);
    const withoutCommands = (page: string): string => page.replace(/^scopegate_redis_.*$/gm, ''); // a scrape sends some
    expect(withoutCommands(await registry.metrics())).toBe(withoutCommands(text));
  });

  it('are numbers and labels in JSON', async () => {
    const registry = new Registry();
    await walked(registry);
    const json = await registry.getMetricsAsJSON();
    expect(json.map((metric) => metric.name)).toEqual(
      helps.map(([short, words]) => (words.startsWith('counter ') ? `scopegate_${short}_total` : `scopegate_${short}`)),
    );
    expect(json.find(({ name }) => name === 'scopegate_revoked_total')).toMatchObject({
      type: 'counter',
      aggregator: 'sum',
      values: [
        { labels: { because: 'reuse', ends: 'grants' }, value: 1 },
        { labels: { because: 'request', ends: 'grants' }, value: 1 },
      ],
    });
    expect(json.find(({ name }) => name === 'scopegate_store_up')).toMatchObject({
      type: 'gauge',
      values: [{ labels: { store: storeName }, value: 1 }],
    });
  });
});
