import { Cluster, Redis } from 'ioredis';
import type { ClusterAddress, RedisAddress, SentinelAddress, ServerAddress } from './configuration/redis';

const connectToServer = ({ url, tls, ...options }: ServerAddress): Redis => {
  if (tls === undefined) return new Redis(url, { ...options, lazyConnect: true });
  // For ioredis the s of rediss would take precedence over the certificates.
  return new Redis(url.replace(/^rediss:/, 'redis:'), { ...options, tls, lazyConnect: true });
};

const connectToSentinels = ({ sentinels, tls, ...options }: SentinelAddress): Redis =>
  new Redis({
    ...options,
    sentinels: [...sentinels],
    ...(tls === undefined ? {} : { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
    lazyConnect: true,
  });

const connectToCluster = ({ cluster, ...redisOptions }: ClusterAddress): Cluster =>
  new Cluster([...cluster], {
    redisOptions,
    // Certificates name hosts, so host names must not be replaced by their addresses.
    ...(redisOptions.tls === undefined ? {} : { dnsLookup: (host, callback) => callback(null, host) }),
    lazyConnect: true,
  });

const clientAt = (address: RedisAddress): Redis | Cluster => {
  if (typeof address === 'string') return new Redis(address, { lazyConnect: true });
  if ('url' in address) return connectToServer(address);
  return 'cluster' in address ? connectToCluster(address) : connectToSentinels(address);
};

/**
 * Returns a client that only holds the address. It never connects itself: scopegate duplicates it and logs the errors
 * of the connections that it opens, so an error here has already been logged.
 */
export const redisAt = (address: RedisAddress): Redis | Cluster => clientAt(address).on('error', () => undefined);
