import { Registry } from 'prom-client';
import type { Clock, MetricsRegistry } from 'scopegate';
import { createKeys } from '../../src/stores/redis/keys';
import { scoreBaseOf } from '../../src/stores/redis/grant-scores';
import { aGate, APPLICATION, JANE, JOHN, type TestGate, type TokenBody } from '../support/gate/gate';
import { samplesOf } from '../support/gate/metrics';
import { ANA, servePortal } from '../support/portal/served-portal';
import { signedIn, withKeys } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';
import { everyStore, onRedis } from '../support/stores/every-store';
import { until } from '../support/time/waiting';
import { aClock } from '../support/time/clock';
import { clientForm, passwordForm } from '../support/tokens/forms';
import { refresh, refreshed, refusedRefresh } from '../support/tokens/refreshing';
import { grantIdOf } from '../support/tokens/tokens';

const CLIENT = { clientId: APPLICATION[0] };
const REFUSAL = {
  error: 'invalid_request',
  error_description:
    'The limit of grants per client is reached (grantsPerClient: 2). Revoke tokens that are no longer used.',
};

interface Observed {
  readonly clock?: Clock;
  readonly metrics?: MetricsRegistry;
}

const eventsOf = ({ gate }: Pick<TestGate, 'gate'>): unknown[] => {
  const events: unknown[] = [];
  for (const type of ['limit', 'revoke'] as const) gate.on(type, ({ at: _at, ...event }) => events.push(event));
  return events;
};

const signInTimes = async (tested: TestGate, count: number): Promise<readonly TokenBody[]> => {
  const issued: TokenBody[] = [];
  for (let number = 0; number < count; number += 1) issued.push(await tested.signIn());
  return issued;
};

const statusesOf = async ({ get }: TestGate, issued: readonly TokenBody[]): Promise<readonly number[]> =>
  Promise.all(issued.map(async ({ access_token: token }) => (await get('/me', token)).status));

const limitedIn = async (registry: Registry): Promise<readonly string[]> =>
  samplesOf(await registry.metrics()).filter((line) => line.startsWith('scopegate_limited_total'));

describe.each(everyStore)('limits.grantsPerUserAndClient in %s', (_name, freshStore) => {
  const open = async (grantsPerUserAndClient: number | false, options: Observed = {}) =>
    aGate({ ...(await freshStore()), ...options, limits: { grantsPerUserAndClient } });

  it('ends both tokens of the oldest grant for a new one, with an event, and counts it', async () => {
    const registry = new Registry();
    const clock = aClock();
    const tested = await open(2, { metrics: registry, clock: clock.now });
    const events = eventsOf(tested);
    const [first, second] = await signInTimes(tested, 2);
    if (first === undefined || second === undefined) throw new Error('no tokens');
    clock.advance(20);
    const later = await refreshed(tested, first);
    clock.advance(20);
    const third = await tested.signIn();
    expect(await statusesOf(tested, [later, second, third])).toEqual([200, 401, 200]);
    await refusedRefresh(tested, second.refresh_token);
    await refresh(tested, third.refresh_token).expect(200);
    const pair = { clientId: APPLICATION[0], subject: JOHN[0] };
    expect(events).toEqual([
      { type: 'limit', limit: 'grantsPerUserAndClient', ...pair },
      {
        type: 'revoke',
        because: 'limit',
        ends: 'grants',
        grantId: grantIdOf(second.access_token),
        ...pair,
        organization: 'johnsorg',
        environment: 'production',
      },
    ]);
    expect(await limitedIn(registry)).toEqual(['scopegate_limited_total{limit="grantsPerUserAndClient"} 1']);
    expect(await collect(tested.gate.tokens.find({ user: JOHN[0] }))).toHaveLength(2);
  });

  it('counts tokens that are issued by a call of the gate', async () => {
    const tested = await open(2);
    const [first] = await signInTimes(tested, 1);
    for (const number of [1, 2]) {
      const { accessToken } = await tested.gate.tokens.issue({ ...CLIENT, subject: JOHN[0], scopes: ['read'] });
      await tested.get('/me', accessToken).expect(200);
      await tested.get('/me', first?.access_token).expect(number === 1 ? 200 : 401);
    }
  });

  it('leaves the grants of other users and of the client itself', async () => {
    const tested = await open(1);
    const { body } = await tested.token(clientForm('read')).expect(200);
    const jane = await tested.signIn(JANE);
    const issued = [...(await signInTimes(tested, 3)), jane, body as TokenBody];
    expect(await statusesOf(tested, issued)).toEqual([401, 401, 200, 200, 200]);
  });

  it('is 100 by default, and `false` removes it', async () => {
    for (const [tested, live] of [
      [aGate(await freshStore()), 100],
      [await open(false), 102],
    ] as const) {
      const { tokens } = tested.gate;
      const { access_token: first } = await tested.signIn();
      for (let number = 1; number < 102; number += 1) await tokens.issue({ ...CLIENT, subject: JOHN[0] });
      expect(await collect(tokens.find({ user: JOHN[0] }))).toHaveLength(live);
      await tested.get('/me', first).expect(live === 100 ? 401 : 200);
    }
  });

  it('leaves exactly as many as the limit of fifty concurrent sign-ins', async () => {
    const tested = await open(10);
    await signInTimes(tested, 10);
    const answers = await Promise.all(Array.from({ length: 50 }, () => tested.signIn()));
    const statuses = await statusesOf(tested, answers);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(await collect(tested.gate.tokens.find({ user: JOHN[0] }))).toHaveLength(10);
  });
});

describe.each(everyStore)('limits.grantsPerClient in %s', (_name, freshStore) => {
  const open = async (grantsPerClient: number | false, options: Observed = {}) =>
    aGate({ ...(await freshStore()), ...options, limits: { grantsPerClient } });

  it('refuses a further grant with 429 and the name of the limit, with an event, and counts it', async () => {
    const registry = new Registry();
    const tested = await open(2, { metrics: registry });
    const events = eventsOf(tested);
    const first = await tested.signIn();
    await tested.token(clientForm('read')).expect(200);
    for (const form of [passwordForm(JOHN), passwordForm(JANE), clientForm('read')]) {
      const { headers } = await tested.token(form).expect(429, REFUSAL);
      expect(headers['retry-after']).toMatch(/^\d+$/);
    }
    expect(events).toEqual(Array.from({ length: 3 }, () => ({ type: 'limit', limit: 'grantsPerClient', ...CLIENT })));
    expect(await limitedIn(registry)).toEqual(['scopegate_limited_total{limit="grantsPerClient"} 3']);
    await refreshed(tested, first); // no further grant
    await tested.gate.tokens.revoke({ token: first.access_token });
    await tested.signIn();
  });

  it('has room again after the tokens of a user were revoked', async () => {
    const tested = await open(2);
    await signInTimes(tested, 2);
    await tested.token(passwordForm(JANE)).expect(429);
    await tested.gate.tokens.revoke({ user: JOHN[0] });
    await tested.signIn(JANE);
  });

  it('rejects a call of the gate with the same error', async () => {
    const tested = await open(2);
    await signInTimes(tested, 2);
    await expect(tested.gate.tokens.issue({ ...CLIENT, scopes: ['read'] })).rejects.toMatchObject({
      code: REFUSAL.error,
      status: 429,
      message: REFUSAL.error_description,
    });
  });

  it('is not applied by default, nor if it is `false`', async () => {
    for (const tested of [aGate(await freshStore()), await open(false)]) {
      const answers = await Promise.all(Array.from({ length: 120 }, () => tested.token(clientForm('read'))));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    }
  });

  it('admits exactly as many as the limit of fifty concurrent requests', async () => {
    const tested = await open(10);
    const answers = await Promise.all(Array.from({ length: 50 }, () => tested.token(clientForm('read'))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(40);
  });

  it('is named on the page on which a user generates a token', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { grantsPerClient: 1 } });
    const ana = await signedIn(portal, ANA);
    await withKeys(ana);
    const generate = () => ana.submit('/generate-token', '/generate-token', {});
    expect((await generate()).text).toContain('data-testid="access-token"');
    const { text } = await generate();
    expect(text).toContain('The limit of grants per client is reached (grantsPerClient: 1).');
  });
});

describe('limits of grants on two gates', () => {
  it('refuse an ended grant that another gate has in its cache', async () => {
    const options = { ...(await onRedis()), limits: { grantsPerUserAndClient: 1 } };
    const [one, other] = [aGate(options), aGate(options)];
    await Promise.all([one.gate.ready(), other.gate.ready()]);
    const first = await one.signIn();
    for (const gate of [one, other]) {
      for (let uses = 0; uses < 2; uses += 1) await gate.get('/me', first.access_token).expect(200);
    }
    await one.signIn();
    expect((await one.get('/me', first.access_token)).status).toBe(401);
    const endedAt = performance.now();
    await until(async () => (await other.get('/me', first.access_token)).status === 401);
    expect(performance.now() - endedAt).toBeLessThan(2_000);
    await refusedRefresh(other, first.refresh_token);
  });

  it('hold for concurrent requests at both', async () => {
    const options = { ...(await onRedis()), limits: { grantsPerUserAndClient: 5, grantsPerClient: 8 } };
    const gates = [aGate(options), aGate(options)] as const;
    const requests = Array.from({ length: 50 }, (_, number) =>
      gates[number % 2 === 0 ? 0 : 1].token(number % 5 === 0 ? clientForm('read') : passwordForm(JOHN)),
    );
    await Promise.all(requests);
    const live = await collect(gates[0].gate.tokens.find(CLIENT));
    expect(live.length).toBeLessThanOrEqual(8);
    expect(live.filter(({ subject }) => subject !== undefined).length).toBeLessThanOrEqual(5);
  });
});

describe('grants that an earlier release has listed', () => {
  it('are found and end with their user, and a refresh counts them for the limit', async () => {
    const store = await onRedis();
    const tested = aGate({ ...store, limits: { grantsPerUserAndClient: 2 } });
    const index = createKeys(store.prefix).grantsOf({ subject: JOHN[0] });
    const asBefore = async ({ access_token: token }: TokenBody): Promise<void> => {
      const score = Number(await store.redis.call('zscore', index, grantIdOf(token)));
      await store.redis.call('zadd', index, score - scoreBaseOf(APPLICATION[0]), grantIdOf(token));
    };
    const [first, second] = await signInTimes(tested, 2);
    if (first === undefined || second === undefined) throw new Error('no tokens');
    for (const issued of [first, second]) await asBefore(issued);
    const third = await tested.signIn();
    expect(await collect(tested.gate.tokens.find({ user: JOHN[0] }))).toHaveLength(3);
    expect(await statusesOf(tested, [first, second, third])).toEqual([200, 200, 200]);
    const next = await refreshed(tested, first);
    await tested.signIn();
    expect(await statusesOf(tested, [third, next, second])).toEqual([401, 200, 200]);
    await tested.gate.tokens.revoke({ user: JOHN[0] });
    expect(await statusesOf(tested, [next, second])).toEqual([401, 401]);
    await until(async () => Number(await store.redis.call('zcard', index)) === 0);
  });
});
