import type { Redis } from 'ioredis';
import type { RedisLike } from 'scopegate';
import { aCachedGate, acceptedFor, PROMISED_MS, tokenStatus, warm } from '../support/gate/cached-gate';
import { aFaultProxy } from '../support/redis/fault-proxy';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis, aRedis5 } from '../support/redis/clients';
import { until, after } from '../support/time/waiting';
import { grantIdOf } from '../support/tokens/tokens';

let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

/** One gate that nothing ails, and one behind a proxy. */
const aPair = async (options: Parameters<typeof aCachedGate>[1] = {}, client?: (url: string) => RedisLike) => {
  const prefix = randomPrefix();
  const proxy = await aFaultProxy(own.url);
  const here = aCachedGate(own.url, { prefix });
  const there = aCachedGate(proxy.url, {
    prefix,
    ...options,
    ...(client === undefined ? {} : { redis: client(proxy.url) }),
  });
  return { prefix, proxy, here, there };
};

describe.each<[string, (url: string) => RedisLike]>([
  ['ioredis 6', (url) => aRedis({}, url)],
  ['ioredis 6 that speaks RESP2', (url) => aRedis({ protocol: 2 }, url)],
  ['ioredis 5', aRedis5],
])('a listener with %s', (_name, client) => {
  it('S-320 receives every change, and while it is deaf only the cache is unavailable', async () => {
    const { proxy, here, there } = await aPair({}, client);
    const { access_token: token } = await here.signIn();
    const { access_token: other } = await here.signIn();
    await Promise.all([warm(there, token), warm(there, other)]);
    await here.postTo('/revoke', { token }).expect(200);
    expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
    await warm(there, other);

    proxy.swallow('listeners', 'down');
    await here.postTo('/revoke', { token: other }).expect(200);
    expect(await acceptedFor(there, other)).toBeLessThan(PROMISED_MS);
  });
});

it('S-320 nothing is cached if a subscribed listener receives nothing, and requests are still right', async () => {
  const { proxy, here, there } = await aPair();
  proxy.swallow('listeners', 'down');
  const { access_token: token } = await there.signIn();
  const began = performance.now();
  while (performance.now() - began < 2_000) {
    expect(await tokenStatus(there, token)).toBe(200);
    await after(50);
  }
  expect(await there.counts()).toMatchObject({ hit: 0, miss: 0 });
  expect((await there.counts()).bypass).toBeGreaterThan(5); // and the metric shows it
  await here.postTo('/revoke', { token }).expect(200);
  expect(await tokenStatus(there, token)).toBe(401); // immediately, since nothing cached could be stale
});

it('S-320 a listener that never received a reply is replaced, and caching begins', async () => {
  const { proxy, there } = await aPair();
  proxy.swallow('listeners', 'down');
  const { access_token: token } = await there.signIn();
  await after(300); // it has subscribed into the void
  proxy.heal();
  await warm(there, token, 8_000);
}, 30_000);

it('S-323 a listener whose connection is swallowed while it connects is replaced, and caching continues', async () => {
  const { proxy, there } = await aPair();
  const { access_token: token } = await there.signIn();
  await warm(there, token);
  proxy.swallow();
  proxy.cut();
  await after(500); // both connections are accepted again, and never answered
  proxy.heal();
  await until(async () => (await tokenStatus(there, token)) === 200);
  await warm(there, token, 8_000);
}, 30_000);

it('S-323 a listener that stays connected to the former server is not trusted, and moves', async () => {
  const { prefix, proxy, there } = await aPair();
  const today = await ownRedis({ over: 'port' });
  const here = aCachedGate(today.url, { prefix });
  const { access_token: token } = await there.signIn();
  await warm(there, token);
  const moved = aRedis({}, today.url);
  for (const kind of ['a', 'r']) {
    const key = `${prefix}{${grantIdOf(token)}}:${kind}`;
    await moved.restore(key, 60_000, await redis.dumpBuffer(key));
  }
  proxy.leadTo(today.url);
  proxy.cut('others'); // commands go to the new server, while the listener is still connected to the old one
  const { access_token: other } = await here.signIn();
  await until(async () => (await tokenStatus(there, other)) === 200);
  await here.postTo('/revoke', { token }).expect(200);
  expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
  await warm(there, other);
}, 30_000);

it('S-321 a revocation at the very moment at which the listener is cut off is not missed', async () => {
  const { proxy, here, there } = await aPair();
  for (const order of ['cut first', 'cut last', 'both at once']) {
    const { access_token: token } = await here.signIn();
    await warm(there, token);
    if (order === 'cut first') proxy.cut('listeners');
    const revoked = here.postTo('/revoke', { token }).expect(200);
    if (order === 'both at once') proxy.cut('listeners');
    await revoked;
    if (order === 'cut last') proxy.cut('listeners');
    expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
    expect(await tokenStatus(there, token)).toBe(401);
  }
});

it('S-321 cached tokens are not trusted while new connections of the listener are refused', async () => {
  const { proxy, here, there } = await aPair();
  const { access_token: token } = await here.signIn();
  const { access_token: other } = await here.signIn();
  await Promise.all([warm(there, token), warm(there, other)]);
  proxy.refuse();
  expect(proxy.cut('listeners')).toBe(1);
  await until(async () => {
    const { bypass } = await there.counts();
    await there.get('/me', other).expect(200);
    return (await there.counts()).bypass > bypass;
  });
  await here.postTo('/revoke', { token }).expect(200);
  expect(await tokenStatus(there, token)).toBe(401);
  proxy.accept();
  await warm(there, other);
});

it('S-331 caching begins when access to the channel is granted', async () => {
  const prefix = randomPrefix();
  const proxy = await aFaultProxy(own.url);
  await redis.call('acl', 'setuser', 'learning', 'on', '>pw', '~*', '+@all', 'resetchannels');
  const gate = aCachedGate(proxy.url.replace('redis://', 'redis://learning:pw@'), { prefix });
  const { access_token: token } = await gate.signIn();
  await until(() => gate.lines.some(({ message }) => message.includes('channel of changes')));
  expectCleanAnswer(await gate.postTo('/revoke', { token }), { status: 503 });
  await redis.call('acl', 'setuser', 'learning', `&${prefix}changes`);
  const { access_token: another } = await gate.signIn();
  await warm(gate, another, 8_000);
  await gate.postTo('/revoke', { token: another }).expect(200);
}, 30_000);

it('S-331 cached tokens are not trusted after access to the channel is withdrawn at run time', async () => {
  const prefix = randomPrefix();
  await redis.call('acl', 'setuser', 'losing', 'on', '>pw', '~*', '+@all', '&*');
  const here = aCachedGate(own.url, { prefix });
  const there = aCachedGate(own.url.replace('redis://', 'redis://losing:pw@'), { prefix });
  const { access_token: token } = await here.signIn();
  await warm(there, token);
  await redis.call('acl', 'setuser', 'losing', 'resetchannels'); // ends connections that listen
  await here.postTo('/revoke', { token }).expect(200);
  expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
});
