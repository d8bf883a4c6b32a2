import type { RedisLike } from 'scopegate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { aGate, JANE, JOHN } from '../support/gate/gate';
import { aRedis } from '../support/redis/clients';
import { ownRedis, randomPrefix } from '../support/redis/redis';
import { passwordForm } from '../support/tokens/forms';

/** A client that evicts the registrations of declared records before each command that reads one. */
const evictingClient = <R extends RedisLike & object>(real: R, evict: () => Promise<unknown>): R =>
  new Proxy(real, {
    get: (target, name) => {
      if (name === 'duplicate') return (...args: [object?]) => evictingClient(target.duplicate(...args) as R, evict);
      if (name === 'call') {
        return async (command: string, ...args: (string | number)[]) => {
          if (command === 'hget' || command === 'hmget') await evict();
          return target.call(command, ...args);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });

test('a declared record whose registration is evicted again and again is unavailable, not unknown', async () => {
  const { url } = await ownRedis();
  const prefix = randomPrefix();
  const admin = aRedis({}, url);
  let isEvicting = false;
  const redis = evictingClient(aRedis({}, url), async () => {
    if (isEvicting) await admin.del(`${prefix}{directory}:declarations`);
  });
  const { gate, token } = aGate({ redis, prefix, cache: false });
  await gate.ready();

  isEvicting = true;
  const signIn = () => token(passwordForm(JOHN, 'read'));
  expectCleanAnswer(await signIn(), { status: 503, error: 'temporarily_unavailable' });
  await expect(gate.directory.users.find(JANE[0])).rejects.toMatchObject({ reason: 'lost' });

  isEvicting = false;
  await signIn().expect(200);
});
