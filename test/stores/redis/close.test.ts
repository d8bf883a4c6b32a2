import type { Redis } from 'ioredis';
import type { RedisLike } from 'scopegate';
import { aGate, type TestGate } from '../../support/gate/gate';
import { expectAway } from '../../support/redis/redis-outage';
import { ownRedis, type OwnRedis } from '../../support/redis/redis';
import { aRedis } from '../../support/redis/clients';
import { measureStalls } from '../../support/time/stalls';
import { until, after } from '../../support/time/waiting';

// A file of its own: it inspects what keeps this process alive, and nothing else here could do so.

const DEADLINE_MS = 250;

const aGateOn = (redis: RedisLike): TestGate => aGate({ redis, deadline: DEADLINE_MS });

const clientsOf = async (asker: Redis): Promise<readonly string[]> =>
  String(await asker.client('LIST'))
    .trim()
    .split('\n');

describe('closing a gate', () => {
  /** What keeps the process alive, when nothing is just being closed. */
  const handles = async (): Promise<number> => {
    const looks: number[] = [];
    for (let look = 0; look < 5; look += 1) {
      await after(10);
      looks.push(process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate').length);
    }
    return Math.min(...looks);
  };

  it.each<[string, (own: OwnRedis) => unknown, (own: OwnRedis) => unknown]>([
    ['Redis is there', () => undefined, () => undefined],
    ['Redis is dead', (own) => own.stop(), (own) => own.start()],
    ['Redis hangs', (own) => own.pause(), (own) => own.resume()],
  ])('leaves nothing open if %s', async (_how, takeAway, bringBack) => {
    const own = await ownRedis();
    const client = aRedis({ lazyConnect: true }, own.url);
    const tested = aGateOn(client);
    const { access_token: token } = await tested.signIn();
    await tested.gate.directory.users.create({
      username: 'alice',
      organization: 'johnsorg',
      password: 'alice-password',
    });
    await takeAway(own);
    for (let look = 0; look < 6; look += 1) await tested.get('/me', token); // so that a lost connection is noticed
    const withGate = await handles();

    const start = performance.now();
    const { stalledMs } = await measureStalls(() => tested.gate.close());
    expect(performance.now() - start - stalledMs).toBeLessThan(1_000);
    await until(async () => (await handles()) < withGate);
    await expectAway(tested, DEADLINE_MS);

    await bringBack(own);
    await after(150); // a client that had not been ended would connect again
    const asker = aRedis({}, own.url);
    // A server that was frozen still has to notice that the others have disconnected.
    await until(async () => (await clientsOf(asker)).length === 1);
    expect(client.status).toBe('wait'); // it has not been used
  });

  it('does not change the client that was passed in', async () => {
    const own = await ownRedis();
    const client = aRedis({}, own.url);
    await client.set('mine', '1');
    const listeners = () => client.eventNames().map((name) => [name, client.listenerCount(name)]);
    const before = listeners();
    const tested = aGateOn(client);
    await tested.signIn();
    await tested.gate.close();
    await tested.gate.close();
    expect(client.status).toBe('ready');
    expect(await client.get('mine')).toBe('1');
    expect(listeners()).toEqual(before);
    await until(async () => (await clientsOf(client)).length === 1);
  });

  it('ends a wait for a Redis that never became available', async () => {
    const own = await ownRedis();
    await own.stop();
    const { gate } = aGateOn(aRedis({}, own.url));
    const ready = gate.ready();
    await after(50);
    await gate.close();
    await expect(ready).resolves.toBeUndefined();
  });
});
