import type { RedisLike } from '../../stores/redis/redis-like';
import { reasonOf } from '../../stores/redis/reasons';

/** The fields of a reply to INFO; `undefined` if the Redis user may not use the command. */
export type ServerInfo = ReadonlyMap<string, string> | undefined;

/** Reads lines of `name:value`. */
export const readFields = (reply: unknown): ReadonlyMap<string, string> => {
  const lines = (typeof reply === 'string' ? reply : '').split(/\r?\n/);
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
};

/** Reads all sections of INFO. @throws the driver's error if there is no connection */
export const readServerInfo = async (server: RedisLike): Promise<ServerInfo> => {
  try {
    return readFields(await server.call('info'));
  } catch (error) {
    if (reasonOf(error).source === 'connection') throw error;
    return undefined;
  }
};
