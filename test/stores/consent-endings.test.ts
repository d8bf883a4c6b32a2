import { noDurations } from '../../src/events/durations';
import { mintAccessToken } from '../../src/protocol/secrets';
import { systemClock } from '../../src/protocol/time';
import { openRedisBackend } from '../../src/stores/redis/backend';
import { openMemoryBackend } from '../../src/stores/memory/backend';
import { SharedMemory } from '../../src/stores/memory/shared-memory';
import { openStores, type Stores } from '../../src/stores/stores';
import type { Ends } from '../../src/tokens/token-store';
import { contractLimits as limits } from '../contracts/failure-counters';
import { PATIENT_DEADLINE_MS as deadline, silentLogger as logger } from '../support/gate/gate';
import { ignoreEvents as emit } from '../support/gate/ignored-events';
import { fits } from '../support/redis/connection';
import { randomPrefix, testRedis } from '../support/redis/redis';
import { until } from '../support/time/waiting';
import { aGrant } from '../support/tokens/records';

const cache = { maxEntries: 1_000, maxAge: 60 };
const clock = systemClock;
const shares = { auditPerActor: 1_000 };
const opened: Stores[] = [];

afterAll(async () => {
  for (const stores of opened) await stores.close();
});

const withCache = (backend: Parameters<typeof openStores>[0]): Stores => {
  const stores = openStores(backend, { clock, limits, cache });
  opened.push(stores);
  return stores;
};

/** The stores of two gates on one Redis. */
const onRedis = async (): Promise<readonly Stores[]> => {
  const redis = fits(await testRedis());
  const settings = { prefix: randomPrefix(), deadline, clock, emit, logger, limits, shares, cache };
  const open = () => openRedisBackend(redis, { ...settings, redisMayEvict: false, durations: noDurations });
  return [withCache(open()), withCache(open())];
};

/** The stores of two gates in one memory. */
const inMemory = async (): Promise<readonly Stores[]> => {
  const memory = new SharedMemory();
  const open = () => openMemoryBackend({ clock, emit, logger, limits, shares, memory });
  return [withCache(open()), withCache(open())];
};

/** Stores an access token under a consent, and caches it in every gate. */
const aCachedToken = async (gates: readonly Stores[], consent: string): Promise<string> => {
  const { access, refresh } = aGrant(clock(), { consent });
  const { grantId } = access;
  const { text, digest } = mintAccessToken(grantId);
  await gates[0]?.tokens.save({ ...access, digest }, refresh);
  for (const { tokens, tokenCache } of gates) {
    await until(async () => {
      await tokenCache.load(text, () => tokens.find(grantId, digest));
      return tokenCache.peek(text) !== undefined;
    });
  }
  return text;
};

describe.each([
  ['Redis', onRedis],
  ['memory', inMemory],
])('the end of a consent in %s', (_name, open) => {
  it.each<Ends>(['grants', 'access'])(
    'evicts its tokens from the caches of all gates, and no others: %s',
    async (ends) => {
      const gates = await open();
      const [ended, other] = [await aCachedToken(gates, 'ended'), await aCachedToken(gates, 'other')];
      const [here, there] = gates;
      await here?.tokens.replaceEpoch({ consent: 'ended' }, ends);
      expect(here?.tokenCache.peek(ended)).toBeUndefined();
      await until(() => there?.tokenCache.peek(ended) === undefined);
      for (const { tokenCache } of gates) expect(tokenCache.peek(other)).toBeDefined();
    },
  );
});
