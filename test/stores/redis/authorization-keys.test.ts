import type { Redis } from 'ioredis';
import { StoreUnavailableError } from '../../../src/protocol/errors';
import { RedisCodeStore } from '../../../src/stores/redis/codes';
import { RedisConsentStore } from '../../../src/stores/redis/consents';
import { RedisTransactionStore } from '../../../src/stores/redis/transactions';
import type { CodeRecord } from '../../../src/tokens/code-store';
import { aConsent } from '../../contracts/consent-store';
import { aTransaction } from '../../contracts/transaction-store';
import { rejectionOf } from '../../support/expect/thrown';
import { fits, openRedis } from '../../support/redis/connection';
import { ownRedis, testRedis } from '../../support/redis/redis';
import { aClock } from '../../support/time/clock';
import { aCode, codeTerms } from '../../support/tokens/codes';
import { aDigest } from '../../support/tokens/records';

const openOn = (redis: Redis, options: { readonly deadline?: number } = {}) => {
  const clock = aClock();
  const { connection, keys, prefix } = openRedis(fits(redis.duplicate()), options);
  const codes = new RedisCodeStore(connection, keys, clock.now);
  const consents = new RedisConsentStore(connection, keys);
  const transactions = new RedisTransactionStore(connection, keys, clock.now);
  const saved = async (facts: Partial<CodeRecord> = {}): Promise<CodeRecord> => {
    const code = aCode(clock.now(), facts);
    await codes.save(code, codeTerms(clock.now()));
    return code;
  };
  return { clock, connection, keys, prefix, codes, consents, transactions, saved };
};

const HOSTILE = 'u:}{*';

describe('the keys of codes, consents and authorization requests', () => {
  let redis: Redis;
  beforeAll(async () => {
    redis = await testRedis();
  });

  it('have no name in them, and all expire by themselves', async () => {
    const { clock, consents, prefix, saved, transactions } = openOn(redis);
    await saved({ clientId: HOSTILE, subject: HOSTILE, organization: HOSTILE, consent: HOSTILE });
    await consents.change(HOSTILE, 'id', () => aConsent({ id: 'id' }), 10);
    await transactions.save(aDigest(), aTransaction(clock.now()));
    const all = await redis.keys(`${prefix}*`);
    expect(all.map((key) => key.slice(prefix.length).replace(/[A-Za-z0-9_-]{16,}/g, '…')).sort()).toEqual(
      ['{c.…}:e', '{k.…}:e', '{o.…}:e', '{t.…}:t', '{u.…}:c.…', '{u.…}:e', '{u.…}:k', '{…}:c'].sort(),
    );
    for (const key of all) expect(await redis.pttl(key)).toBeGreaterThan(0);
  });

  it('live as long as they are needed', async () => {
    const { clock, consents, keys, saved, transactions } = openOn(redis);
    const { grantId, subject, clientId } = await saved();
    await consents.change(subject, 'id', () => aConsent({ id: 'id' }), 10);
    const digest = aDigest();
    await transactions.save(digest, aTransaction(clock.now()));
    const secondsOf = async (key: string) => Math.ceil((await redis.pttl(key)) / 1000);
    expect(await secondsOf(keys.code(grantId))).toBe(600);
    expect(await secondsOf(keys.codesOf(subject, clientId))).toBe(60);
    expect(await secondsOf(keys.epoch('k', 'consent'))).toBeGreaterThanOrEqual(600);
    expect(await secondsOf(keys.consentsOf(subject))).toBe(365 * 86_400);
    expect(await secondsOf(keys.transaction(digest))).toBe(600);
  });

  it.each(['c', 'u', 'o', 'k'] as const)('give no code under an epoch that Redis has lost: %s', async (kind) => {
    const { codes, keys, saved } = openOn(redis);
    const code = await saved();
    const { clientId, subject, organization = '', consent = '' } = code;
    expect(await redis.del(keys.epoch(kind, { c: clientId, u: subject, o: organization, k: consent }[kind]))).toBe(1);
    expect(await codes.find(code.grantId)).toBeUndefined();
    expect(await codes.spend(code.grantId, 'attempt')).toBe('unknown');
    await saved(); // makes a new epoch
    expect(await codes.find(code.grantId)).toBeUndefined();
    expect(await codes.spend(code.grantId, 'attempt')).toBe('unknown');
  });

  it('give no code for a value that is not one', async () => {
    const { codes, keys, saved } = openOn(redis);
    const { grantId } = await saved();
    const value = (await redis.get(keys.code(grantId))) ?? '';
    const [line = ''] = value.split('\n');
    const foreign = ['', 'x', line, `${line}\nx`, `${line.slice(0, -1)}\np0`, value.replace(/^3/, '4'), `\n${value}`];
    for (const other of foreign) {
      await redis.set(keys.code(grantId), other, 'PX', 60_000);
      expect(await codes.find(grantId)).toBeUndefined();
      expect(await codes.spend(grantId, 'attempt')).toBe('unknown');
      await codes.countWrongVerifier(grantId, 1);
    }
    await redis.del(keys.code(grantId));
    await redis.rpush(keys.code(grantId), value);
    expect(await codes.find(grantId)).toBeUndefined();
    expect(await rejectionOf(codes.spend(grantId, 'attempt'))).toBeInstanceOf(StoreUnavailableError);
  });

  it.each([
    ['text that is not JSON', 'x'],
    ['null', 'null'],
    ['another shape', '{}'],
    ['another id', JSON.stringify(aConsent({ id: 'other' }))],
    ['foreign resources', JSON.stringify({ ...aConsent({ id: 'id' }), resources: 'all' })],
    ['foreign scopes', JSON.stringify({ ...aConsent({ id: 'id' }), granted: ['read', 7] })],
    ['a foreign instant', JSON.stringify({ ...aConsent({ id: 'id' }), grantedAt: '7' })],
  ])('give no consent for %s, and the others all the same', async (_what, text) => {
    const { consents, keys } = openOn(redis);
    const other = aConsent();
    await consents.change('ana@johnsorg', other.id, () => other, 10);
    await redis.hset(keys.consentsOf('ana@johnsorg'), 'id', text);
    expect(await consents.find('ana@johnsorg', 'id')).toBeUndefined();
    expect(await consents.list('ana@johnsorg')).toEqual([other]);
    const decided = aConsent({ id: 'id' });
    expect(await consents.change('ana@johnsorg', 'id', (before) => before ?? decided, 10)).toEqual(decided);
  });

  it.each([
    ['text that is not JSON', 'x'],
    ['null', 'null'],
    ['a foreign query', JSON.stringify({ ...aTransaction(1_800_000_000), query: 7 })],
    ['a foreign browser', JSON.stringify({ ...aTransaction(1_800_000_000), browser: 'x' })],
    ['a foreign expiry', JSON.stringify({ ...aTransaction(1_800_000_000), expiresAt: '9999999999' })],
  ])('give no authorization request for %s', async (_what, text) => {
    const { keys, transactions } = openOn(redis);
    const digest = aDigest();
    await redis.set(keys.transaction(digest), text, 'PX', 60_000);
    expect(await transactions.find(digest)).toBeUndefined();
    expect(await transactions.take(digest)).toBeUndefined();
    expect(await redis.exists(keys.transaction(digest))).toBe(0);
  });
});

describe('a Redis that is full', () => {
  it('issues and spends no code, and still reports a reuse', async () => {
    const own = await ownRedis();
    const client = await own.client();
    const { clock, codes, saved } = openOn(client);
    const [pending, spent] = [await saved(), await saved()];
    await codes.spend(spent.grantId, 'attempt');
    await client.config('SET', 'maxmemory', '1');
    const more = aCode(clock.now());
    expect(await rejectionOf(codes.save(more, codeTerms(clock.now())))).toBeInstanceOf(StoreUnavailableError);
    expect(await codes.find(more.grantId)).toBeUndefined();
    expect(await rejectionOf(codes.spend(pending.grantId, 'attempt'))).toBeInstanceOf(StoreUnavailableError);
    expect((await codes.find(pending.grantId))?.state).toBe('pending');
    expect(await codes.spend(spent.grantId, 'other')).toBe('reused');
    await client.config('SET', 'maxmemory', '0');
    expect(await codes.spend(pending.grantId, 'attempt')).toBe('spent');
  });
});

describe.each(['is away', 'is frozen'])('while Redis %s', (how) => {
  it('every method of the stores of codes, consents and authorization requests rejects', async () => {
    const own = await ownRedis();
    const opened = openOn(await own.client(), { deadline: 300 });
    const { clock, codes, connection, consents, transactions } = opened;
    await connection.ping();
    if (how === 'is away') await own.stop();
    else own.pause();
    const { grantId } = aCode(clock.now());
    const asked = [
      codes.save(aCode(clock.now()), codeTerms(clock.now())),
      codes.find(grantId),
      codes.spend(grantId, 'attempt'),
      codes.countWrongVerifier(grantId, 10),
      consents.list('ana@johnsorg'),
      consents.find('ana@johnsorg', 'id'),
      consents.change('ana@johnsorg', 'id', () => aConsent({ id: 'id' }), 10),
      consents.remove('ana@johnsorg', 'id'),
      consents.removeAllOf('ana@johnsorg'),
      transactions.save(aDigest(), aTransaction(clock.now())),
      transactions.find(aDigest()),
      transactions.take(aDigest()),
    ];
    for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
  });
});
