import type { Redis } from 'ioredis';
import type { GrantId } from '../../../src/protocol/secrets';
import { createKeys } from '../../../src/stores/redis/keys';
import { decodeAccess, decodeRefresh, encodeAccess, encodeRefresh } from '../../../src/stores/redis/records';
import { aGate, type TestGate } from '../../support/gate/gate';
import { randomPrefix, testRedis } from '../../support/redis/redis';
import { aDigest, aGrant, type TestGrantOptions } from '../../support/tokens/records';

const LIFETIME_MS = 86_400_000;
const STAMP = 'Ab0_-xyz';

interface RedisGate extends TestGate {
  readonly redis: Redis;
  readonly prefix: string;
}

const aRedisGate = async (): Promise<RedisGate> => {
  const redis = await testRedis();
  const prefix = randomPrefix();
  return { ...aGate({ redis, prefix, cache: false }), redis, prefix };
};

const linesOf = (options: TestGrantOptions): readonly string[] => {
  const { access, refresh } = aGrant(1_800_000_000, options);
  return [encodeAccess(access), encodeRefresh(refresh)];
};

const versionsOf = (options: TestGrantOptions): readonly string[] =>
  linesOf(options).map((line) => /(\d)pclient\t/.exec(line)?.[1] ?? '');

it('a token without consent, audience and resources is written as the previous release reads it', () => {
  const { access, refresh } = aGrant(1_800_000_000);
  const ids = { grantId: 'gggggggggggggggg' as GrantId, digest: aDigest() };
  expect(encodeAccess({ ...access, ...ids })).toBe(
    `2pclient\tjohn@gmail.com@johnsorg\tjohnsorg\t${ids.digest.slice(0, 22)}\tmywpiww0\t255s\tread update\torders\t`,
  );
  expect(encodeRefresh({ ...refresh, ...ids, proofKey: 'proof' })).toBe(
    `${ids.digest}\tmywq4chs\t2pclient\tjohn@gmail.com@johnsorg\tjohnsorg\tmyww2ojk\tproof\tread update\t`,
  );
});

it('a token with one of them has a version that the previous release refuses', () => {
  expect(versionsOf({})).toEqual(['2', '2']);
  expect(versionsOf({ consent: 'consent' })).toEqual(['3', '3']);
  expect(versionsOf({ audience: 'https://api.example/' })).toEqual(['3', '2']);
  expect(versionsOf({ resources: [] })).toEqual(['2', '3']);
});

it('a line with the number of another version is refused', () => {
  const options = { consent: 'consent', audience: 'https://api.example/', resources: ['https://api.example/'] };
  for (const [from, to] of ['23', '24', '32', '34', '31'].map((pair) => [...pair])) {
    const [access = '', refresh = ''] = linesOf(from === '2' ? {} : options).map((line) => `${line}${STAMP}\t`);
    const [otherAccess, otherRefresh] = [access, refresh].map((line) => line.replace(`${from}pclient`, `${to}pclient`));
    const grantId = 'gggggggggggggggg' as GrantId;
    expect([decodeAccess(grantId, access), decodeRefresh(grantId, refresh)]).not.toContain(undefined);
    expect(decodeAccess(grantId, otherAccess ?? '')).toBeUndefined();
    expect(decodeRefresh(grantId, otherRefresh ?? '')).toBeUndefined();
  }
});

it('a refresh state whose resources are not a list of texts is refused', () => {
  const { refresh } = aGrant(1_800_000_000, { resources: ['https://api.example/'] });
  const line = `${encodeRefresh(refresh)}${STAMP}\t`;
  expect(decodeRefresh(refresh.grantId, line)).toBeDefined();
  for (const other of ['[1]', '{}', 'null', '[', '"https://api.example/"']) {
    expect(decodeRefresh(refresh.grantId, line.replace('["https://api.example/"]', other))).toBeUndefined();
  }
});

it('a record of a later version is refused, and logged', async () => {
  const gate = await aRedisGate();
  const { access_token: token } = await gate.signIn();
  const key = createKeys(gate.prefix).access(token.slice(4, 20) as GrantId);
  const value = (await gate.redis.get(key)) ?? '';
  expect(value).toMatch(/^2pkey\t/);
  await gate.redis.set(key, value.replace(/^2/, '4'), 'PX', LIFETIME_MS);
  await gate.get('/me', token).expect(401);
  expect(gate.lines.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('was not written by scopegate'),
  );
});
