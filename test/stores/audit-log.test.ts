import { StoreUnavailableError } from '../../src/protocol/errors';
import { RedisAuditLog } from '../../src/stores/redis/audit-log';
import { anEntry, auditLogContract, everyPage } from '../contracts/audit-log';
import { aClock } from '../support/time/clock';
import { ownRedis, testRedis } from '../support/redis/redis';
import { fits, openRedis } from '../support/redis/connection';
import { rejectionOf } from '../support/expect/thrown';
import { backends } from '../support/stores/backends';

const DAY = 86_400;
const actorLimit = { maxPerActor: 1_000, onReached: () => undefined };

describe.each(backends)('the audit log in %s', (_name, open) => {
  auditLogContract(async (clock) => (await open(clock)).audit);
});

describe('the key of an audit log in Redis', () => {
  const open = async () => {
    const clock = aClock();
    const redis = await testRedis();
    const { connection, keys, prefix } = openRedis(fits(redis));
    return { clock, redis, keys, prefix, log: new RedisAuditLog(connection, keys, clock.now, actorLimit) };
  };

  it('expires 30 days after the last entry, is bounded, and contains no name', async () => {
    const { clock, redis, keys, prefix, log } = await open();
    const entries = Array.from({ length: 10_050 }, (_, index) =>
      anEntry(clock.now() - 20_000 + index, { actor: `u${index % 20}` }),
    );
    await log.append('johnsorg', entries);
    for (const key of [keys.audit('johnsorg', 'security'), keys.auditShares('johnsorg', 'security')]) {
      expect(await redis.zcard(key)).toBe(10_000);
      expect(Math.ceil((await redis.ttl(key)) / DAY)).toBe(30);
    }
    const found = (await redis.keys(`${prefix}*`)).sort();
    expect(found.map((key) => key.replace(/^[^{]+\{o\.[A-Za-z0-9_-]{22}\}/, ''))).toEqual([
      ':audit:security',
      ':audit:security:shares',
    ]);
  });

  const foreign: readonly (readonly [what: string, text: string])[] = [
    ['a truncated text', '{"id":"AAAAAAAAAAAA","at":1800000000,"act'],
    ['text that is not JSON', 'sign_in'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[1,2]'],
    ['another shape', '{"subject":"ana@johnsorg"}'],
    ...(
      [
        ['id', 'short'],
        ['id', 7],
        ['at', '1800000000'],
        ['at', null],
        ['action', ['sign_in']],
        ['actor', { text: '<script>' }],
        ['target', 7],
        ['clientId', null],
        ['network', 7],
        ['detail', ['x']],
        ['count', '7'],
        ['count', 1.5],
      ] as const
    ).map(([field, value]): readonly [string, string] => [
      `a foreign ${field}: ${JSON.stringify(value)}`,
      JSON.stringify({ ...anEntry(1_800_000_000), [field]: value }),
    ]),
  ];

  it.each(foreign)('yields no entry for %s', async (_what, text) => {
    const { clock, redis, keys, log } = await open();
    const now = clock.now();
    const entry = anEntry(now - 1);
    await log.append('johnsorg', [entry]);
    await redis.zadd(keys.audit('johnsorg', 'security'), now * 1000, text);
    expect(await log.list('johnsorg', { limit: 5 })).toEqual({ entries: [entry] });
  });

  it('yields complete pages even with foreign members in it', async () => {
    const { clock, redis, keys, log } = await open();
    const now = clock.now();
    const entries = Array.from({ length: 9 }, (_, index) => anEntry(now - index));
    await log.append('johnsorg', entries);
    for (let index = 0; index < 9; index += 1) {
      for (const half of [0.25, 0.5]) {
        await redis.zadd(keys.audit('johnsorg', 'security'), (now - index - half) * 1000, `foreign ${index} ${half}`);
      }
    }
    for (const limit of [1, 3, 4, 9]) {
      expect((await everyPage(log, 'johnsorg', limit)).flat()).toEqual(entries);
    }
  });

  it('causes an error if it holds another type', async () => {
    const { clock, redis, keys, log } = await open();
    await redis.set(keys.audit('johnsorg', 'security'), '[]');
    const asked = [log.list('johnsorg', { limit: 5 }), log.append('johnsorg', [anEntry(clock.now())])];
    for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
  });
});

it('every method of an audit log rejects while Redis is unavailable', async () => {
  const own = await ownRedis();
  const { connection, keys } = openRedis(fits(await own.client()), { deadline: 300 });
  const clock = aClock();
  const log = new RedisAuditLog(connection, keys, clock.now, actorLimit);
  await connection.ping();
  await own.stop();
  const asked = [log.list('johnsorg', { limit: 5 }), log.append('johnsorg', [anEntry(clock.now())])];
  for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
});
