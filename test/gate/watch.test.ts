import { Cluster } from 'ioredis';
import { createMemoryStore, ConfigurationError, UnguardedError, type WatchEnd } from 'scopegate';
import { aGate, JANE, JOHN, recordedLogger, APPLICATION, type TestGate, type TokenBody } from '../support/gate/gate';
import { endOf, expectEndWithinBound, watchingAt, type Watched } from '../support/gate/watched-tokens';
import { ownCluster } from '../support/redis/cluster';
import { fits } from '../support/redis/connection';
import { randomPrefix, testRedis } from '../support/redis/redis';
import { aClock, type TestClock } from '../support/time/clock';
import { after } from '../support/time/waiting';
import { refreshed } from '../support/tokens/refreshing';

type Overrides = Parameters<typeof aGate>[0];

/** Two gates on one store, the second of which watches. */
interface WatchedPair {
  readonly here: TestGate;
  readonly there: TestGate;
  readonly clock: TestClock;
  /** Watches a token at the second gate. */
  readonly watch: (token: string) => Promise<Watched>;
}

const twoGates = (store: Overrides): WatchedPair => {
  const clock = aClock();
  const [here, there] = [aGate({ ...store, clock: clock.now }), aGate({ ...store, clock: clock.now })];
  return { here, there, clock, watch: watchingAt(there) };
};

const inMemory = async (): Promise<Overrides> => ({ memory: createMemoryStore() });
const inRedis = async (): Promise<Overrides> => ({ redis: await testRedis(), prefix: randomPrefix() });
const withoutCache = async (): Promise<Overrides> => ({ ...(await inRedis()), cache: false });
const inCluster = async (): Promise<Overrides> => {
  const cluster = new Cluster([{ host: '127.0.0.1', port: await ownCluster() }]).on('error', () => undefined);
  clusters.push(cluster);
  return { redis: fits(cluster), prefix: randomPrefix() };
};

const clusters: Cluster[] = [];
afterAll(() => clusters.forEach((cluster) => cluster.disconnect()));

/** What ends a token at every gate, by a call of the first one. */
const endings: readonly (readonly [string, (gate: TestGate, tokens: TokenBody) => PromiseLike<unknown>])[] = [
  ['its revocation', (gate, { access_token: token }) => gate.postTo('/revoke', { token }).expect(200)],
  [
    'the revocation of its refresh token',
    (gate, { refresh_token: token }) => gate.postTo('/revoke', { token }).expect(200),
  ],
  ['the end of all tokens of the user', ({ gate }) => gate.tokens.revoke({ user: JOHN[0] })],
  ['the end of all tokens of the client', ({ gate }) => gate.tokens.revoke({ clientId: APPLICATION[0] })],
  ['the block of the user', ({ gate }) => gate.directory.users.disable(JOHN[0])],
];

describe.each([
  ['memory', inMemory],
  ['Redis', inRedis],
])('a watched token in %s', (_store, open) => {
  let pair: WatchedPair;
  beforeAll(async () => {
    pair = twoGates(await open());
  });

  it.each(endings)('ends with %s, through another gate', async (_how, end) => {
    const { here, there, watch } = twoGates(await open());
    const tokens = await here.signIn();
    const [watched, own] = [await watch(tokens.access_token), await watchingAt(here)(tokens.access_token)];
    await end(here, tokens);
    await expectEndWithinBound(watched, 'ended');
    await expectEndWithinBound(own, 'ended');
    await there.get('/me', tokens.access_token).expect(401);
  });

  it('ends with fewer rights of the application, although the grant continues', async () => {
    const { here, watch } = twoGates(await open());
    const { applications } = here.gate.directory;
    const { id } = await applications.create({ name: 'Made app', owner: JOHN[0] });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const tokens = await here.signIn(JOHN, 'read', [clientId, clientSecret]);
    const watched = await watch(tokens.access_token);
    await applications.setScopes(id, ['admin']);
    await expectEndWithinBound(watched, 'ended');
  });

  it('ends when it expires, and not before', async () => {
    const { here, clock, watch } = pair;
    const { access_token: token, expires_in: seconds } = await here.signIn();
    const watched = await watch(token);
    clock.advance(seconds - 0.001);
    await after(150);
    expect(watched.reasons).toEqual([]);
    clock.advance(0.001);
    await expectEndWithinBound(watched, 'expired');
  });

  it('ends at the end of its grace window after a refresh, and its successor does not', async () => {
    const { here, clock, watch } = pair;
    const tokens = await here.signIn();
    const watched = await watch(tokens.access_token);
    const { access_token: successor } = await refreshed(here, tokens);
    const other = await watch(successor);
    await after(200);
    expect(watched.reasons).toEqual([]);
    clock.advance(11);
    await expectEndWithinBound(watched, 'expired');
    expect(other.reasons).toEqual([]);
    other.stop();
  });

  it('does not end with other tokens of its user, nor after the watch was stopped', async () => {
    const { here, watch } = pair;
    const [tokens, others] = [await here.signIn(), await here.signIn()];
    const [watched, ending, stopped] = [
      await watch(tokens.access_token),
      await watch(others.access_token),
      await watch(others.access_token),
    ];
    stopped.stop();
    stopped.stop();
    await here.postTo('/revoke', { token: others.access_token }).expect(200);
    await expectEndWithinBound(ending, 'ended');
    await after(100);
    expect([watched.reasons, stopped.reasons]).toEqual([[], []]);
  });

  it('calls each of several watches once', async () => {
    const { here, watch } = pair;
    const { access_token: token } = await here.signIn();
    const watches = [await watch(token), await watch(token), await watch(token)];
    await here.postTo('/revoke', { token }).expect(200);
    for (const watched of watches) await expectEndWithinBound(watched, 'ended');
    await here.postTo('/revoke', { token }).expect(200);
    await after(100);
    expect(watches.map(({ reasons }) => reasons)).toEqual([['ended'], ['ended'], ['ended']]);
  });

  it('ends when its gate is closed', async () => {
    const { here, there, watch } = twoGates(await open());
    const { access_token: token } = await here.signIn();
    const watched = await watch(token);
    await there.gate.close();
    expect(watched.reasons).toEqual(['unavailable']);
  });
});

describe.each([
  ['Redis without a cache', withoutCache],
  ['a Cluster', inCluster],
])('a watched token in %s', (_store, open) => {
  it('is read every second, and ends with the grant or the user', async () => {
    const { here, there, watch } = twoGates(await open());
    await Promise.all([here.gate.ready(), there.gate.ready()]);
    const [tokens, others] = [await here.signIn(), await here.signIn(JANE)];
    const [one, other] = [await watch(tokens.access_token), await watch(others.access_token)];
    await after(2_500); // longer than a proof lasts
    expect([one.reasons, other.reasons]).toEqual([[], []]);
    await here.postTo('/revoke', { token: tokens.access_token }).expect(200);
    await here.gate.tokens.revoke({ user: JANE[0] });
    await Promise.all([expectEndWithinBound(one, 'ended'), expectEndWithinBound(other, 'ended')]);
  });
});

describe('gate.watch', () => {
  it('throws on a route without a guard', async () => {
    const { gate, app, get } = aGate();
    const thrown: unknown[] = [];
    app.get('/unguarded', (request, response) => {
      try {
        gate.watch(request, () => undefined);
      } catch (error) {
        thrown.push(error);
      }
      response.end();
    });
    await get('/unguarded').expect(200);
    expect(thrown).toEqual([expect.any(UnguardedError)]);
    expect(String(thrown)).toContain('gate.watch(req)');
  });

  it('throws without a function to call', async () => {
    const { gate, app, get, signIn } = aGate();
    const thrown: unknown[] = [];
    app.get('/watched', gate.requireToken(), (request, response) => {
      try {
        gate.watch(request, 'x' as unknown as () => void);
      } catch (error) {
        thrown.push(error);
      }
      response.end();
    });
    await get('/watched', (await signIn()).access_token).expect(200);
    expect(thrown).toEqual([expect.any(ConfigurationError)]);
  });

  it('calls the other listeners, and logs, if one throws', async () => {
    const { logger, lines } = recordedLogger();
    const tested = aGate({ logger });
    const reasons: WatchEnd[] = [];
    tested.app.get('/watched', tested.gate.requireToken(), (request, response) => {
      tested.gate.watch(request, () => {
        throw new Error('canary');
      });
      tested.gate.watch(request, (reason) => reasons.push(reason));
      response.end();
    });
    const { access_token: token } = await tested.signIn();
    await tested.get('/watched', token).expect(200);
    await tested.postTo('/revoke', { token }).expect(200);
    await endOf({ reasons, stop: () => undefined });
    expect(reasons).toEqual(['ended']);
    const logged = lines.filter(({ message }) => message.includes('gate.watch'));
    expect(logged).toHaveLength(1);
    expect(JSON.stringify(logged)).not.toContain('canary');
  });
});
