import { StoreUnavailableError } from '../../src/protocol/errors';
import {
  mintAccessToken,
  mintGrantId,
  mintProofKey,
  mintRefreshToken,
  readAccessToken,
} from '../../src/protocol/secrets';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { RedisConnection } from '../../src/stores/redis/connection';
import { createKeys } from '../../src/stores/redis/keys';
import { rotateGrant } from '../../src/stores/redis/token-scripts';
import { RedisTokenStore } from '../../src/stores/redis/tokens';
import type { AccessTokenRecord, RefreshTokenRecord } from '../../src/tokens/records';
import type { RefreshRequest } from '../../src/tokens/refresh-request';
import type { RefreshDecision } from '../../src/tokens/refreshed-rights';
import { createTokenService } from '../../src/tokens/token-service';
import type { IssueRequest } from '../../src/tokens/new-grant';
import type { TokenStore } from '../../src/tokens/token-store';
import { ignoreEvents } from '../support/gate/ignored-events';
import { aClock } from '../support/time/clock';
import { onRedis } from '../support/stores/every-store';
import { failingTokenStore } from '../support/stores/failing-token-store';
import { aGate, recordedLogger } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { ownRedis, testRedis } from '../support/redis/redis';
import { redisLink } from '../support/redis/link';
import { refresh, refreshed } from '../support/tokens/refreshing';
import { grantIdOf } from '../support/tokens/tokens';
import type { FailureMoment } from '../support/stores/planned-failure';

const lifetimes = {
  accessTokenLifetime: 3_600,
  refreshTokenLifetime: 86_400,
  grantLifetime: 2_592_000,
  refreshGrace: 10,
};
const order: IssueRequest = {
  occasion: 'password',
  clientId: 'key',
  subject: 'john',
  environment: 'production',
  scopes: ['read'],
  subscriptions: [],
  refreshToken: 'issue',
};
const asBefore: RefreshDecision = async ({ scopes }) => ({
  access: { scopes, subscriptions: [] },
  grant: scopes,
});
const request = (refreshToken: string): RefreshRequest => ({ refreshToken, clientId: order.clientId, requested: {} });
const unavailable = { code: 'ERR_SCOPEGATE_STORE_UNAVAILABLE' };

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

const memoryStore = async (): Promise<TokenStore> => {
  const store = new MemoryTokenStore({ clock: aClock().now, maxGrants: 100 });
  closing.push(() => store.close());
  return store;
};

const redisStore = async (): Promise<TokenStore> => {
  const { redis, prefix } = await onRedis();
  const connection = new RedisConnection(redis, {
    deadline: 1_000,
    emit: ignoreEvents,
    logger: recordedLogger().logger,
  });
  closing.push(() => connection.close());
  return new RedisTokenStore(connection, createKeys(prefix), aClock().now);
};

const aService = (overrides: Partial<typeof lifetimes> = {}) => {
  const failing = failingTokenStore(new MemoryTokenStore({ clock: aClock().now, maxGrants: 100 }));
  const service = createTokenService(failing.store, {
    lifetimes: { ...lifetimes, ...overrides },
    clock: aClock().now,
    emit: ignoreEvents,
  });
  const issue = async () => {
    const { accessToken, refreshToken = '' } = await service.issue(order, async () => true);
    return { accessToken, refreshToken };
  };
  const rotate = (token: string) => service.refresh(request(token), asBefore);
  return { ...failing, service, issue, rotate };
};

describe('a refresh whose store fails', () => {
  const steps = ['find the grant', 'rotate'];

  it('S-133 sends the store as many calls as are made to fail below', async () => {
    const { issue, rotate, failAt, calls } = aService();
    const { refreshToken } = await issue();
    failAt(Number.NaN, 'before');
    await rotate(refreshToken);
    expect(calls()).toBe(steps.length);
  });

  it.each(
    steps.flatMap((step, index) => (['before', 'after'] as const).map((moment) => [step, moment, index + 1] as const)),
  )('S-133 leaves the old token usable if "%s" fails %s it is executed', async (_step, moment, call) => {
    const { service, issue, rotate, failAt } = aService();
    const { refreshToken } = await issue();
    failAt(call, moment);
    await expect(rotate(refreshToken)).rejects.toMatchObject(unavailable);

    const second = await rotate(refreshToken);
    expect(await rotate(refreshToken)).toEqual(second); // the try that failed was no use of the token
    await expect(service.find(second.accessToken)).resolves.toMatchObject({ clientId: 'key', subject: 'john' });
    const third = await rotate(second.refreshToken ?? '');
    await expect(service.find(third.accessToken)).resolves.toBeDefined();
  });

  it('S-117 S-133 grants a repeat what is allowed at that time if the first reply was lost', async () => {
    const { service, issue, rotate, failAt, store } = aService();
    const { accessToken, refreshToken } = await issue();
    failAt(2, 'after');
    await expect(rotate(refreshToken)).rejects.toMatchObject(unavailable);
    const grantId = readAccessToken(accessToken)?.grantId ?? ('' as never);
    const unseen = (await store.heldAccess(grantId)).access;
    expect(unseen?.scopes).toEqual(['read']);

    const nothing: RefreshDecision = async () => ({ access: { scopes: [], subscriptions: [] }, grant: [] });
    const repeated = await service.refresh(request(refreshToken), nothing);
    expect(repeated.scopes).toEqual([]);
    await expect(service.find(repeated.accessToken)).resolves.toMatchObject({ scopes: [] });
    if (unseen === undefined) throw new Error('there was no token');
    await expect(store.find(unseen.grantId, unseen.digest)).resolves.toBeUndefined();
    expect(await service.refresh(request(refreshToken), nothing)).toEqual(repeated);
  });

  it('S-133 spends nothing, even without a grace window, if it fails before the rotation', async () => {
    const { issue, rotate, failAt } = aService({ refreshGrace: 0 });
    const { refreshToken } = await issue();
    for (const [call, moment] of [
      [1, 'before'],
      [1, 'after'],
      [2, 'before'],
    ] as const) {
      failAt(call, moment);
      await expect(rotate(refreshToken)).rejects.toMatchObject(unavailable);
    }
    await rotate(refreshToken);
  });

  it.each<FailureMoment>(['before', 'after'])(
    'S-133 fails if a reuse cannot end the grant, and the next reuse ends it: %s',
    async (moment) => {
      const { service, issue, rotate, failAt } = aService({ refreshGrace: 0 });
      const { refreshToken } = await issue();
      const second = await rotate(refreshToken);
      failAt(2, moment);
      await expect(rotate(refreshToken)).rejects.toMatchObject(unavailable);
      await expect(rotate(refreshToken)).rejects.toMatchObject({ code: 'invalid_grant' });
      await expect(service.find(second.accessToken)).resolves.toBeUndefined();
      await expect(rotate(second.refreshToken ?? '')).rejects.toMatchObject({ code: 'invalid_grant' });
    },
  );

  it('S-135 returns nothing if its grant ends in the meantime', async () => {
    const { service, issue, store } = aService();
    const { accessToken, refreshToken } = await issue();
    const found = await service.find(accessToken);
    if (found === undefined) throw new Error('there is no such token');
    const endsMeanwhile: RefreshDecision = async (grant) => {
      await service.revokeGrant(grant.grantId, 'management');
      return asBefore(grant);
    };
    const late = service.refresh(request(refreshToken), endsMeanwhile);
    await expect(late).rejects.toMatchObject({ code: 'invalid_grant' });
    await expect(service.find(accessToken)).resolves.toBeUndefined();
    await expect(store.findRefresh(found.grantId)).resolves.toBeUndefined();
  });
});

describe.each([
  ['the embedded store', memoryStore],
  ['Redis', redisStore],
])('a rotation in %s', (_name, open) => {
  it('S-129 that is sent twice is executed once, with the same result both times', async () => {
    const store = await open();
    const now = aClock().now();
    const grant = { grantId: mintGrantId(), clientId: 'key', environment: 'production' as const };
    const proofKey = mintProofKey();
    const anAccess = (): AccessTokenRecord => {
      const { digest } = mintAccessToken(grant.grantId);
      return { ...grant, digest, scopes: ['read'], subscriptions: [], issuedAt: now, expiresAt: now + 100 };
    };
    const aRefresh = (): RefreshTokenRecord => {
      const { digest } = mintRefreshToken(grant.grantId, proofKey);
      return { ...grant, digest, scopes: ['read'], expiresAt: now + 100, grantExpiresAt: now + 100, proofKey };
    };
    const first = aRefresh();
    await store.save(anAccess(), first);
    const rotation = { spent: first.digest, access: anAccess(), refresh: aRefresh(), previousAccessUntil: now + 10 };

    expect(await store.rotate(rotation)).toBe('rotated');
    expect(await store.rotate(rotation)).toBe('rotated');
    expect(await store.findRefresh(grant.grantId)).toMatchObject({ digest: rotation.refresh.digest });
    expect(await store.find(grant.grantId, rotation.access.digest)).toMatchObject(rotation.access);
    expect(await store.rotate({ ...rotation, refresh: aRefresh() })).toBe('spent');
  });
});

describe('a refresh on Redis', () => {
  it('S-129 whose reply from Redis is lost is repeated by the client, and the grant stays alive', async () => {
    const server = await ownRedis({ over: 'port' });
    const link = await redisLink(server.url);
    const redis = await testRedis(link.url);
    const gate = aGate({ redis, deadline: 2_000 });
    const first = await refreshed(gate, await gate.signIn()); // Redis has cached the script by its digest now

    const lost = link.loseAnswerTo(rotateGrant.sha);
    const failed = await refresh(gate, first.refresh_token);
    await lost;
    expectCleanAnswer(failed, { status: 503, error: 'temporarily_unavailable' });

    await gate.gate.ready();
    const second = await refreshed(gate, first);
    expect(await refreshed(gate, first)).toEqual(second);
    await gate.get('/me', second.access_token).expect(200);
    await refreshed(gate, second);
    await gate.close();
    redis.disconnect();
  });

  it('S-139 S-140 keeps both keys of a grant in one slot of a cluster, and never one without the other', async () => {
    const options = await onRedis();
    const gate = aGate(options);
    const issued = await refreshed(gate, await gate.signIn());
    const redis = await testRedis();
    const keys = (await redis.keys(`${options.prefix}*`)).filter((key) => /:[ar]$/.test(key)).sort();
    const grantId = grantIdOf(issued.access_token);
    expect(keys).toEqual([`${options.prefix}{${grantId}}:a`, `${options.prefix}{${grantId}}:r`]);
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0);
    redis.disconnect();
  });
});

it('S-133 does not answer a repeat with an access token whose rights could not be confirmed', async () => {
  const { issue, service } = aService();
  const { refreshToken } = await issue();
  let looks = 0;
  const failsAtSecondLook: RefreshDecision = async (grant) => {
    looks += 1;
    if (looks === 2) throw new StoreUnavailableError('deadline');
    return asBefore(grant);
  };
  await expect(service.refresh(request(refreshToken), failsAtSecondLook)).rejects.toMatchObject(unavailable);
  const repeat = await service.refresh(request(refreshToken), asBefore);
  expect(await service.find(repeat.accessToken)).toBeUndefined();
  const next = await service.refresh(request(repeat.refreshToken ?? ''), asBefore);
  expect(await service.find(next.accessToken)).toMatchObject({ scopes: ['read'] });
});
