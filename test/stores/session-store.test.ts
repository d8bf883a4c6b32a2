import type { Redis } from 'ioredis';
import { StoreUnavailableError } from '../../src/protocol/errors';
import type { Digest } from '../../src/protocol/secrets';
import { MemorySessionStore } from '../../src/stores/memory/sessions';
import type { RedisConnection } from '../../src/stores/redis/connection';
import { RedisSessionStore } from '../../src/stores/redis/sessions';
import { aSession, sessionStoreContract } from '../contracts/session-store';
import { aClock } from '../support/time/clock';
import { aDigest } from '../support/tokens/records';
import { ownRedis, testRedis } from '../support/redis/redis';
import { fits, openRedis } from '../support/redis/connection';
import { rejectionOf } from '../support/expect/thrown';
import { deferred } from '../support/time/deferred';
import { after } from '../support/time/waiting';
import { backends } from '../support/stores/backends';

describe.each(backends)('sessions in %s', (_name, open) => {
  sessionStoreContract(async (clock) => (await open(clock)).sessions);
});

describe('sessions in memory', () => {
  it('refuse a session above the limit, drop none for it, and have room again when some have expired', async () => {
    const clock = aClock();
    const store = new MemorySessionStore(clock.now);
    const digests = Array.from({ length: 10_000 }, aDigest);
    for (const digest of digests) await store.save(digest, aSession(clock.now()), Infinity);
    const more = aDigest();
    expect(await rejectionOf(store.save(more, aSession(clock.now()), Infinity))).toBeInstanceOf(StoreUnavailableError);
    expect(await store.find(more)).toBeUndefined();
    for (const digest of digests) expect(await store.find(digest)).toBeDefined();
    clock.advance(100);
    await store.save(more, aSession(clock.now()), Infinity);
    expect(await store.find(more)).toBeDefined();
  });

  it('leave room for other users, however often one user signs in', async () => {
    const clock = aClock();
    const store = new MemorySessionStore(clock.now);
    for (let count = 0; count < 10_500; count += 1) await store.save(aDigest(), aSession(clock.now()), 50);
    const ofBen = aDigest();
    await store.save(ofBen, aSession(clock.now(), { subject: 'ben@johnsorg' }), 50);
    expect(await store.find(ofBen)).toBeDefined();
  });
});

describe('the keys of sessions in Redis', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await testRedis();
  });

  const open = () => {
    const clock = aClock();
    const { connection, keys, prefix } = openRedis(fits(redis.duplicate()));
    return { clock, connection, keys, prefix, store: new RedisSessionStore(connection, keys, clock.now) };
  };

  it('expire by themselves, and the index with its last session', async () => {
    const { clock, keys, prefix, store } = open();
    const [long, short] = [aDigest(), aDigest()];
    await store.save(long, aSession(clock.now(), { expiresAt: clock.now() + 1_000 }), 50);
    await store.save(short, aSession(clock.now(), { expiresAt: clock.now() + 10 }), 50);
    await store.claim(long, aDigest(), clock.now() + 500);
    const ttlOf = async (key: string) => Math.ceil((await redis.pttl(key)) / 10_000);
    expect(await ttlOf(keys.session(long))).toBe(100);
    expect(await ttlOf(keys.session(short))).toBe(1);
    expect(await ttlOf(keys.sessionsOf('ana@johnsorg'))).toBe(100);
    const all = await redis.keys(`${prefix}*`);
    expect(all).toHaveLength(4);
    for (const key of all) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });

  it('let a name be claimed again when its time is over', async () => {
    const { clock, store } = open();
    const [digest, name] = [aDigest(), aDigest()];
    await store.save(digest, aSession(clock.now()), 50);
    expect(await store.claim(digest, name, clock.now() + 0.05)).toBe(true);
    await after(80);
    expect(await store.claim(digest, name, clock.now() + 0.05)).toBe(true);
  });

  it('keep no more ended sessions in the index than have not expired', async () => {
    const { clock, keys, store } = open();
    for (let count = 0; count < 5; count += 1) await store.save(aDigest(), aSession(clock.now()), 50);
    clock.advance(100);
    await store.save(aDigest(), aSession(clock.now()), 50);
    expect(await redis.zcard(keys.sessionsOf('ana@johnsorg'))).toBe(1);
  });

  it('contain nothing of a user in their names', async () => {
    const { clock, prefix, store } = open();
    const digest = aDigest();
    await store.save(digest, aSession(clock.now(), { subject: 'u:}{*' }), 50);
    await store.claim(digest, aDigest(), clock.now() + 10);
    for (const key of await redis.keys(`${prefix}*`)) {
      expect(key.slice(prefix.length)).toMatch(/^\{[us]\.[A-Za-z0-9_-]+\}:[sf](:[A-Za-z0-9_-]+)?$/);
    }
  });

  /** A connection that holds back what `isHeld` selects: a command by its name, a script as `script`. */
  const withHeld = (connection: RedisConnection, isHeld: (name: string) => boolean) => {
    const held = deferred();
    const reached = deferred();
    const hold = async (name: string): Promise<void> => {
      if (!isHeld(name)) return;
      reached.resolve();
      await held.promise;
    };
    const slow = {
      run: async (...args: Parameters<RedisConnection['run']>) => {
        await hold('script');
        return connection.run(...args);
      },
      command: async (...args: Parameters<RedisConnection['command']>) => {
        await hold(args[0]);
        return connection.command(...args);
      },
    } as unknown as RedisConnection;
    return { slow, reached: reached.promise, release: held.resolve };
  };

  it.each([
    ['its value is written', 'set'],
    ['it is listed', 'script'],
  ])('begin after the end of all if that arrived before %s', async (_when, held) => {
    const { clock, connection, keys, prefix, store } = open();
    const { slow, reached, release } = withHeld(connection, (name) => name === held);
    const digest = aDigest();
    const saving = new RedisSessionStore(slow, keys, clock.now).save(digest, aSession(clock.now()), 50);
    await reached;
    await store.removeAllOf('ana@johnsorg');
    release();
    await saving;
    expect(await store.find(digest)).toBeDefined();
    await store.removeAllOf('ana@johnsorg');
    expect(await store.find(digest)).toBeUndefined();
    expect(await redis.keys(`${prefix}*`)).toEqual([]);
  });

  it('have ended, or are listed with their value, after any number of sign-ins and ends of all', async () => {
    const { clock, keys, prefix, store } = open();
    const digests = Array.from({ length: 300 }, () => aDigest());
    await Promise.all(
      digests.flatMap((digest, position) => [
        store.save(digest, aSession(clock.now()), 50),
        ...(position % 10 === 0 ? [store.removeAllOf('ana@johnsorg')] : []),
      ]),
    );
    const listed = await redis.zrange(keys.sessionsOf('ana@johnsorg'), '0', '-1');
    const stored = await redis.keys(`${prefix}{s.*`);
    expect(stored.sort()).toEqual(listed.map((digest) => keys.session(digest as Digest)).sort());
  });

  it('give no access if their index was evicted', async () => {
    const { clock, keys, store } = open();
    const digest = aDigest();
    await store.save(digest, aSession(clock.now()), 50);
    await redis.del(keys.sessionsOf('ana@johnsorg'));
    expect(await store.find(digest)).toBeUndefined();
  });

  it('are read if an earlier version has written them, and end with all others', async () => {
    const { clock, keys, store } = open();
    const digests = [aDigest(), aDigest()];
    const session = aSession(clock.now());
    for (const digest of digests) {
      await redis.zadd(keys.sessionsOf(session.subject), session.expiresAt * 1000, digest);
      await redis.set(keys.session(digest), JSON.stringify(session), 'PX', 100_000);
    }
    for (const digest of digests) expect(await store.find(digest)).toStrictEqual(session);
    await store.removeAllOf(session.subject);
    for (const digest of digests) expect(await store.find(digest)).toBeUndefined();
    expect(await redis.exists(...digests.map((digest) => keys.session(digest)))).toBe(0);
  });

  /** A connection that counts the commands in flight, and refuses those that `isRefused` selects. */
  const watched = (connection: RedisConnection, isRefused: (name: string, key: string) => boolean) => {
    const counts = { inFlight: 0, peak: 0 };
    const command = async (name: string, ...args: readonly (string | number)[]): Promise<unknown> => {
      counts.inFlight += 1;
      counts.peak = Math.max(counts.peak, counts.inFlight);
      try {
        if (isRefused(name, String(args[0]))) throw new StoreUnavailableError('deadline');
        return await connection.command(name, ...args);
      } finally {
        counts.inFlight -= 1;
      }
    };
    const run = (...args: Parameters<RedisConnection['run']>) => connection.run(...args);
    return { counts, slow: { command, run } as unknown as RedisConnection };
  };

  it('end in slices of 100 and leave no list behind, however many there are', async () => {
    const { clock, connection, keys, prefix, store } = open();
    const session = aSession(clock.now());
    for (let start = 0; start < 12_000; start += 500)
      await Promise.all(Array.from({ length: 500 }, () => store.save(aDigest(), session, Infinity)));
    expect(await redis.zcard(keys.sessionsOf(session.subject))).toBe(12_000);
    const { counts, slow } = watched(connection, () => false);
    await new RedisSessionStore(slow, keys, clock.now).removeAllOf(session.subject);
    expect(counts.peak).toBeLessThanOrEqual(200);
    expect(await redis.keys(`${prefix}*`)).toEqual([]);
  });

  it('are all refused after one command, with 10 and with 10,000 of them, before any of them is deleted', async () => {
    for (const count of [10, 10_000]) {
      const { clock, connection, keys, store } = open();
      const digests = Array.from({ length: count }, () => aDigest());
      for (let start = 0; start < count; start += 500) {
        const slice = digests.slice(start, start + 500);
        await Promise.all(slice.map((digest) => store.save(digest, aSession(clock.now()), Infinity)));
      }
      const { slow, reached, release } = withHeld(connection, (name) => name !== 'script');
      const sent = jest.spyOn(slow, 'run');
      const ending = new RedisSessionStore(slow, keys, clock.now).removeAllOf('ana@johnsorg');
      await reached;
      expect(sent).toHaveBeenCalledTimes(1);
      expect(await redis.exists(keys.session(digests.at(-1) ?? aDigest()))).toBe(1);
      for (let start = 0; start < count; start += 500) {
        const slice = digests.slice(start, start + 500);
        const found = await Promise.all(slice.map((digest) => store.find(digest)));
        expect(found.filter(Boolean)).toEqual([]);
        const claims = await Promise.all(slice.map((digest) => store.claim(digest, aDigest(), clock.now() + 50)));
        expect(claims.filter(Boolean)).toEqual([]);
      }
      release();
      await ending;
    }
  });

  it('stay ended if some cannot be deleted, and the next end of all deletes these, with the others of that time', async () => {
    const { clock, connection, keys, prefix, store } = open();
    const digests = Array.from({ length: 300 }, () => aDigest());
    for (const digest of digests) await store.save(digest, aSession(clock.now()), 1_000);
    const left = [7, 150, 299].map((position) => digests[position] ?? aDigest());
    const refused = new Set(left.map((digest) => keys.session(digest)));
    const { slow } = watched(connection, (name, key) => name === 'del' && refused.has(key));
    const failing = new RedisSessionStore(slow, keys, clock.now);
    expect(await rejectionOf(failing.removeAllOf('ana@johnsorg'))).toBeInstanceOf(StoreUnavailableError);
    expect((await redis.keys(`${prefix}{s.*`)).sort()).toEqual([...refused].sort());
    const later = aDigest();
    await store.save(later, aSession(clock.now()), 1_000);
    expect((await Promise.all(digests.map((digest) => store.find(digest)))).filter(Boolean)).toEqual([]);
    expect(await rejectionOf(failing.removeAllOf('ana@johnsorg'))).toBeInstanceOf(StoreUnavailableError);
    for (const digest of [...left, later]) expect(await store.find(digest)).toBeUndefined();
    expect(await redis.pttl(keys.endedSessionsOf('ana@johnsorg'))).toBeGreaterThan(0);
    await store.removeAllOf('ana@johnsorg');
    expect(await redis.keys(`${prefix}*`)).toEqual([]);
  });

  it('end in a Redis that is full, even if those of an earlier end could not be deleted', async () => {
    const own = await ownRedis();
    const client = await own.client();
    const { connection, keys } = openRedis(fits(client.duplicate()));
    const clock = aClock();
    const store = new RedisSessionStore(connection, keys, clock.now);
    const { slow } = watched(connection, (name) => name === 'del');
    const failing = new RedisSessionStore(slow, keys, clock.now);
    const [first, second] = [aDigest(), aDigest()];
    await store.save(first, aSession(clock.now()), 50);
    expect(await rejectionOf(failing.removeAllOf('ana@johnsorg'))).toBeInstanceOf(StoreUnavailableError);
    await store.save(second, aSession(clock.now()), 50);
    await client.config('SET', 'maxmemory', '1');
    expect(await rejectionOf(store.save(aDigest(), aSession(clock.now()), 50))).toBeInstanceOf(StoreUnavailableError);
    await store.removeAllOf('ana@johnsorg');
    for (const digest of [first, second]) expect(await store.find(digest)).toBeUndefined();
  });

  it.each<[string, string]>([
    ['a truncated text', '{"subject":"ana@johnsorg","username":"ana@'],
    ['text that is not JSON', 'ana@johnsorg'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '["ana@johnsorg"]'],
    ['a number', '7'],
    ['another shape', '{"subject":"ana@johnsorg"}'],
    ...(
      [
        ['subject', 7],
        ['subject', undefined],
        ['username', null],
        ['organization', 7],
        ['organization', null],
        ['roles', 'admin'],
        ['roles', ['admin', 7]],
        ['roles', { 0: 'admin', length: 1 }],
        ['startedAt', '1'],
        ['expiresAt', '9999999999'],
        ['expiresAt', null],
        ['expiresAt', undefined],
      ] as const
    ).map(([field, value]): [string, string] => [
      `a foreign ${field}: ${JSON.stringify(value)}`,
      JSON.stringify({ ...aSession(1_800_000_000), [field]: value }),
    ]),
  ])('yield no session for %s', async (_what, text) => {
    const { keys, store } = open();
    const digest = aDigest();
    await store.save(digest, aSession(1_800_000_000), 50);
    expect(await redis.exists(keys.session(digest))).toBe(1);
    expect(await store.find(digest)).toBeDefined();
    await redis.set(keys.session(digest), text);
    expect(await store.find(digest)).toBeUndefined();
  });

  it('yield no session for a value of another type, and end none because of it', async () => {
    const { clock, keys, store } = open();
    const digest = aDigest();
    await redis.rpush(keys.session(digest), JSON.stringify(aSession(clock.now())));
    await redis.set(keys.sessionsOf('ana@johnsorg'), digest);
    expect(await rejectionOf(store.find(digest))).toBeInstanceOf(StoreUnavailableError);
    expect(await rejectionOf(store.save(aDigest(), aSession(clock.now()), 50))).toBeInstanceOf(StoreUnavailableError);
    expect(await rejectionOf(store.removeAllOf('ana@johnsorg'))).toBeInstanceOf(StoreUnavailableError);
    await store.remove(digest);
    expect(await store.find(digest)).toBeUndefined();
  });

  it('are not deleted because of a foreign index', async () => {
    const { clock, keys, prefix, store } = open();
    await redis.set(`${prefix}other`, 'kept');
    await redis.zadd(keys.sessionsOf('ana@johnsorg'), clock.now() * 1000 + 9_000, '../other');
    const digest = aDigest();
    await store.save(digest, aSession(clock.now()), 50);
    await store.removeAllOf('ana@johnsorg');
    expect(await store.find(digest)).toBeUndefined();
    expect(await redis.get(`${prefix}other`)).toBe('kept');
  });
});

it('every method of a session store rejects while Redis is unavailable', async () => {
  const own = await ownRedis();
  const { connection, keys } = openRedis(fits(await own.client()), { deadline: 300 });
  const clock = aClock();
  const store = new RedisSessionStore(connection, keys, clock.now);
  await connection.ping();
  await own.stop();
  const asked = [
    store.save(aDigest(), aSession(clock.now()), 50),
    store.find(aDigest()),
    store.remove(aDigest()),
    store.removeAllOf('ana@johnsorg'),
    store.claim(aDigest(), aDigest(), clock.now() + 5),
  ];
  for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
});
