import type { RedisLike } from 'scopegate';

/** Matches a command that reads this record of the directory, alone or with others of the same tick. */
export const readsRecord =
  (key: string) =>
  ([name, ...args]: readonly unknown[]): boolean =>
    (name === 'hget' || name === 'hmget') && args.includes(key);

/**
 * A client whose gate connection runs a hook between a reply of Redis and the code that waits for it: once, at
 * the first command that `matches`.
 */
export const redisWithHook = <R extends RedisLike & object>(
  real: R,
  matches: (command: readonly unknown[]) => boolean,
  act: () => Promise<unknown>,
): R => {
  let acted = false;
  const hooked = (client: R): R =>
    new Proxy(client, {
      get: (target, name) => {
        if (name === 'duplicate') return (...args: [object?]) => hooked(target.duplicate(...args) as R);
        if (name === 'call') {
          return async (command: string, ...args: (string | number)[]) => {
            const answer = await target.call(command, ...args);
            if (!acted && matches([command, ...args])) {
              acted = true;
              await act();
            }
            return answer;
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  return hooked(real);
};
