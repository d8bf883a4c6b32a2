import type * as ioredis from 'ioredis';
import type { RedisLike } from '../stores/redis/redis-like';
import { Problem } from './failure';
import type { StoreAddress } from './store-flags';

type Driver = Pick<typeof ioredis, 'Redis' | 'Cluster'>;

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(error.code));

/** Loads the driver, which applications install beside scopegate. @throws Problem if it is not installed */
const loadDriver = async (): Promise<Driver> => {
  try {
    const { Redis, Cluster } = await import('ioredis');
    return { Redis, Cluster };
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Problem('The package ioredis is not installed: npm install ioredis');
  }
};

// The client only holds the address: the gate duplicates it, and reports the errors of its own connections.
const holdsAddress = { lazyConnect: true } as const;

const credentialsOf = ({ username, password }: Pick<StoreAddress, 'username' | 'password'>) => ({
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
});

const tlsOf = (isTls: boolean) => (isTls ? { tls: {} } : {});

const createSentinelClient = (
  { Redis }: Driver,
  { sentinels, name, isTls, sentinelPassword, ...address }: Extract<StoreAddress, { kind: 'sentinels' }>,
): RedisLike =>
  new Redis({
    ...holdsAddress,
    ...credentialsOf(address),
    ...tlsOf(isTls),
    sentinels: [...sentinels],
    name,
    sentinelCommandTimeout: 1_000, // otherwise one that hangs is waited for forever
    ...(isTls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
  });

const create = (driver: Driver, address: StoreAddress): RedisLike => {
  if (address.kind === 'sentinels') return createSentinelClient(driver, address);
  const { Redis, Cluster } = driver;
  const credentials = credentialsOf(address);
  if (address.kind === 'url') return new Redis(address.url, { ...holdsAddress, ...credentials });
  const redisOptions = { ...credentials, ...tlsOf(address.isTls) };
  return new Cluster([...address.nodes], { ...holdsAddress, redisOptions });
};

/** Creates a client of Redis that is not connected. */
export const createClient = async (address: StoreAddress): Promise<RedisLike> => {
  const client = create(await loadDriver(), address);
  client.on('error', () => undefined);
  return client;
};
