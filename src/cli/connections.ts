import type { Milliseconds } from '../protocol/time';
import { StoreUnavailableError } from '../protocol/errors';
import { ownConnection } from '../stores/redis/own-connection';
import { reasonOf } from '../stores/redis/reasons';
import type { RedisLike } from '../stores/redis/redis-like';

const CONNECT_DEADLINE_MS: Milliseconds = 5_000;

// A gate reconnects if a write is refused by a replica; here that is a finding.
const stays = { reconnectOnError: () => false };

/** Waits until a connection is ready. @throws StoreUnavailableError with the first error, or at the deadline */
const whenReady = (connection: RedisLike): Promise<void> =>
  new Promise((resolve, reject) => {
    if (connection.status === 'ready') return resolve();
    const timer = setTimeout(() => reject(new StoreUnavailableError('deadline')), CONNECT_DEADLINE_MS);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    connection.on('ready', () => settle(resolve));
    connection.on('error', (error) => settle(() => reject(new StoreUnavailableError(reasonOf(error).word))));
    connection.on('end', () => settle(() => reject(new StoreUnavailableError('disconnected'))));
  });

/**
 * Calls a function with a number of connections like those of a gate, and closes them afterwards.
 * @throws StoreUnavailableError if one cannot be opened, or is lost
 */
export const withConnections = async <T>(
  client: RedisLike,
  count: number,
  use: (connections: readonly RedisLike[]) => Promise<T>,
): Promise<T> => {
  const connections = Array.from({ length: count }, () => ownConnection(client, stays));
  for (const connection of connections) connection.on('error', () => undefined);
  try {
    await Promise.all(connections.map(whenReady));
    return await use(connections);
  } catch (error) {
    if (error instanceof StoreUnavailableError || error instanceof TypeError) throw error;
    throw new StoreUnavailableError(reasonOf(error).word);
  } finally {
    for (const connection of connections) connection.disconnect();
  }
};

/** Checks that Redis accepts a connection, because a gate reports only that it waited. @throws StoreUnavailableError */
export const checkConnection = (client: RedisLike): Promise<void> => withConnections(client, 1, async () => undefined);
