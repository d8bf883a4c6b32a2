import type { Redis } from 'ioredis';
import { aGate, type TestGate } from '../support/gate/gate';
import { endOf, expectEndWithinBound, watchingAt } from '../support/gate/watched-tokens';
import { aRedis } from '../support/redis/clients';
import { aFaultProxy, type FaultProxy } from '../support/redis/fault-proxy';
import { ownRedis, randomPrefix, type OwnRedis } from '../support/redis/redis';
import { after } from '../support/time/waiting';

let own: OwnRedis;
let redis: Redis;
beforeAll(async () => {
  own = await ownRedis({ over: 'port' });
  redis = aRedis({}, own.url);
});

/** A gate that revokes, one that watches over a link with faults, and the watch of a token. */
const open = async (): Promise<{
  readonly here: TestGate;
  readonly link: FaultProxy;
  readonly token: string;
  readonly watched: Awaited<ReturnType<ReturnType<typeof watchingAt>>>;
}> => {
  const prefix = randomPrefix();
  const link = await aFaultProxy(own.url);
  const here = aGate({ redis, prefix });
  const there = aGate({ redis: aRedis({}, link.url), prefix, deadline: 500 });
  await Promise.all([here.gate.ready(), there.gate.ready()]);
  const { access_token: token } = await here.signIn();
  const watched = await watchingAt(there)(token);
  await after(600); // a beat
  return { here, link, token, watched };
};

it('a watch ends within two seconds of a revocation, if the connection for changes is silent', async () => {
  const { here, link, token, watched } = await open();
  link.swallow('listeners', 'down');
  await here.postTo('/revoke', { token }).expect(200);
  await expectEndWithinBound(watched, 'ended');
});

it('a watch ends within two seconds of a revocation that its gate cannot notice, because no connection works', async () => {
  const { here, link, token, watched } = await open();
  link.swallow('all');
  await here.postTo('/revoke', { token }).expect(200);
  await expectEndWithinBound(watched, 'unavailable');
});

it('a watch ends if the token cannot be checked, and not before 1.3 seconds have passed', async () => {
  const { link, watched } = await open();
  link.refuse();
  link.cut();
  expect(await endOf(watched)).toBeGreaterThan(1_300); // 1.9 seconds without a beat, which are 0.5 seconds apart
  expect(watched.reasons).toEqual(['unavailable']);
});

it('a watch outlives short interruptions of every connection', async () => {
  const { here, link, token, watched } = await open();
  for (let count = 0; count < 5; count += 1) {
    link.cut();
    await after(500);
  }
  expect(watched.reasons).toEqual([]);
  await here.postTo('/revoke', { token }).expect(200);
  await expectEndWithinBound(watched, 'ended');
});

it('a watch outlives a process that is blocked for longer than two seconds', async () => {
  const { watched } = await open();
  const until = performance.now() + 2_200;
  while (performance.now() < until);
  await after(500);
  expect(watched.reasons).toEqual([]);
});
