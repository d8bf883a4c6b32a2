import type { Redis } from 'ioredis';
import { aCachedGate, acceptedFor, PROMISED_MS, tokenStatus, warm, type CachedGate } from '../support/gate/cached-gate';
import { aFaultProxy } from '../support/redis/fault-proxy';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { aRedis } from '../support/redis/clients';
import { until } from '../support/time/waiting';
import { grantIdOf } from '../support/tokens/tokens';

let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

const open = (prefix: string, url = own.url, options: Parameters<typeof aCachedGate>[1] = {}): CachedGate =>
  aCachedGate(url, { prefix, ...options });

const commandsSoFar = async (name: string): Promise<number> =>
  Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(await redis.info('commandstats'))?.[1] ?? 0);

it('a gate sends Redis no command for a token that it has just looked up', async () => {
  const gate = open(randomPrefix());
  const { access_token: token } = await gate.signIn();
  await warm(gate, token);
  const before = await commandsSoFar('evalsha');
  for (let request = 0; request < 20; request += 1) await gate.get('/me', token).expect(200);
  expect((await commandsSoFar('evalsha')) - before).toBeLessThan(3); // an entry may expire just then
});

it.each(['/revoke', 'disable'])('S-195 S-220 a gate refuses what another gate has ended by %s', async (how) => {
  const prefix = randomPrefix();
  const [here, there] = [open(prefix), open(prefix)];
  const { access_token: token } = await here.signIn();
  await Promise.all([warm(here, token), warm(there, token)]);
  if (how === '/revoke') await here.postTo('/revoke', { token }).expect(200);
  else await here.gate.tokens.revoke({ clientId: 'key' });
  expect(await tokenStatus(here, token)).toBe(401); // immediately in this process
  expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
});

it('S-321 a gate trusts no cached token once its listener is cut off, and reconnects by itself', async () => {
  const prefix = randomPrefix();
  const [here, there] = [open(prefix), open(prefix)];
  const { access_token: token } = await here.signIn();
  const { access_token: other } = await here.signIn();
  await Promise.all([warm(there, token), warm(there, other)]);
  await redis.call('client', 'kill', 'type', 'pubsub');
  await here.postTo('/revoke', { token }).expect(200);
  expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
  await warm(there, other);
});

it('S-323 a gate trusts no cached token for longer than two seconds if its listener is deaf', async () => {
  const prefix = randomPrefix();
  const link = await aFaultProxy(own.url);
  const [here, there] = [open(prefix), open(prefix, link.url)];
  const { access_token: token } = await here.signIn();
  const { access_token: other } = await here.signIn();
  await Promise.all([warm(there, token), warm(there, other)]);
  link.swallow('listeners', 'down');
  await here.postTo('/revoke', { token }).expect(200);
  expect(await acceptedFor(there, token)).toBeLessThan(PROMISED_MS);
  await there.get('/me', other).expect(200); // from Redis itself
  link.heal();
  await warm(there, other); // the deaf listener is replaced
}, 30_000);

it('S-325 S-312 a gate trusts tokens that were deleted externally for no longer than maxAge', async () => {
  const prefix = randomPrefix();
  const gate = open(prefix, own.url, { cache: { maxAge: 1 } });
  const { access_token: token } = await gate.signIn();
  await warm(gate, token);
  await redis.del(`${prefix}{${grantIdOf(token)}}:a`);
  expect(await acceptedFor(gate, token)).toBeLessThan(PROMISED_MS);
});

it('S-331 a gate without access to the channel caches nothing and acknowledges no revocation', async () => {
  const prefix = randomPrefix();
  await redis.call('acl', 'setuser', 'mute', 'on', '>pw', '~*', '+@all', 'resetchannels');
  const url = own.url.replace('redis://', 'redis://mute:pw@');
  const gate = open(prefix, url);
  const { access_token: token } = await gate.signIn();
  await gate.get('/me', token).expect(200);
  await gate.get('/me', token).expect(200);
  expect((await gate.counts()).hit).toBe(0);
  await until(async () => gate.lines.some(({ message }) => message.includes('channel of changes')));
  expectCleanAnswer(await gate.postTo('/revoke', { token }), { status: 503, error: 'temporarily_unavailable' });
  await gate.get('/me', token).expect(401); // it is ended all the same

  const silent = open(prefix, url, { cache: false });
  const { access_token: another } = await silent.signIn();
  await silent.postTo('/revoke', { token: another }).expect(200);
});

it("S-328 gates with different prefixes do not receive each other's changes", async () => {
  const [here, there] = [open(randomPrefix()), open(randomPrefix())];
  const { access_token: token } = await there.signIn();
  await warm(there, token);
  const { flush } = await there.counts();
  const { access_token: mine } = await here.signIn();
  await here.postTo('/revoke', { token: mine }).expect(200);
  await there.get('/me', token).expect(200);
  expect((await there.counts())['flush']).toBe(flush);
});
