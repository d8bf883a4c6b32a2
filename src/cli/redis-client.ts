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

const createSentinelClient = (
  { Redis }: Driver,
  { sentinels, name, tls, sentinelPassword, ...address }: Extract<StoreAddress, { kind: 'sentinels' }>,
): RedisLike =>
  new Redis({
    ...holdsAddress,
    ...credentialsOf(address),
    sentinels: [...sentinels],
    name,
    sentinelCommandTimeout: 1_000, // otherwise one that hangs is waited for forever
    ...(tls === undefined ? {} : { tls, enableTLSForSentinelMode: true, sentinelTLS: tls }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
  });

const createClusterClient = (
  { Cluster }: Driver,
  { nodes, tls, ...address }: Extract<StoreAddress, { kind: 'cluster' }>,
): RedisLike =>
  new Cluster([...nodes], {
    ...holdsAddress,
    redisOptions: { ...credentialsOf(address), ...(tls === undefined ? {} : { tls }) },
    // Certificates name hosts, so host names must not be replaced by their addresses.
    ...(tls === undefined ? {} : { dnsLookup: (host, callback) => callback(null, host) }),
  });

const create = (driver: Driver, address: StoreAddress): RedisLike => {
  if (address.kind === 'sentinels') return createSentinelClient(driver, address);
  if (address.kind === 'cluster') return createClusterClient(driver, address);
  const { url, tls } = address;
  return new driver.Redis(url, { ...holdsAddress, ...credentialsOf(address), ...(tls === undefined ? {} : { tls }) });
};

/** Creates a client of Redis that is not connected. */
export const createClient = async (address: StoreAddress): Promise<RedisLike> => {
  const client = create(await loadDriver(), address);
  client.on('error', () => undefined);
  return client;
};
