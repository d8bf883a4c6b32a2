import type { Faults } from './fault';
import { isMap, readFields, type Fields } from './fields';
import { readServers, type RedisServer } from './redis-servers';
import { readRedisTls, type RedisTls } from './redis-tls';
import { problemOfRedisUrl } from './redis-url';

interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: RedisTls;
}

/** One server whose credentials are not part of its address, so that they can be in a file. */
export interface ServerAddress extends Credentials {
  /** `redis://`, `rediss://`, or the path of a Unix socket, without credentials. */
  readonly url: string;
}

/** A primary that Sentinels locate. */
export interface SentinelAddress extends Credentials {
  readonly sentinels: readonly RedisServer[];
  /** The name of the primary in the configuration of the Sentinels. */
  readonly name: string;
  readonly sentinelPassword?: string;
  readonly db?: number;
}

/** A Redis Cluster: some of its nodes, from which the others are learned. */
export interface ClusterAddress extends Credentials {
  readonly cluster: readonly RedisServer[];
}

/** A URL or the path of a Unix socket, alone or with credentials, Sentinels, or a Cluster. */
export type RedisAddress = string | ServerAddress | SentinelAddress | ClusterAddress;

const SERVER_KEYS = ['url', 'username', 'password', 'tls'];
const SENTINEL_KEYS = ['sentinels', 'name', 'username', 'password', 'sentinelPassword', 'db', 'tls'];
const CLUSTER_KEYS = ['cluster', 'username', 'password', 'tls'];

const MAX_DB = 99_999;

const readText = <K extends string>(faults: Faults, fields: Fields, key: K): { readonly [P in K]?: string } => {
  const value = fields[key];
  const none: { readonly [P in K]?: string } = {};
  if (value === undefined || faults.has(['redis', key])) return none;
  if (typeof value === 'string' && value !== '') return { ...none, [key]: value };
  const rule = key.toLowerCase().includes('password') ? 'a string, "${NAME}", or { file: path }' : 'a string';
  return faults.add(['redis', key], `must be ${rule}, and not empty`) ?? none;
};

const readCredentials = (faults: Faults, fields: Fields, file: string): Credentials => {
  const tls = readRedisTls(faults, fields['tls'], file);
  return {
    ...readText(faults, fields, 'username'),
    ...readText(faults, fields, 'password'),
    ...(tls === undefined ? {} : { tls }),
  };
};

const readDb = (faults: Faults, value: unknown): Pick<SentinelAddress, 'db'> => {
  if (value === undefined) return {};
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_DB) return { db: value };
  return faults.add(['redis', 'db'], `must be the number of a database from 0 to ${MAX_DB}`) ?? {};
};

const readServer = (faults: Faults, value: Fields, file: string): ServerAddress => {
  const fields = readFields(faults, value, ['redis'], SERVER_KEYS);
  const { url } = fields;
  const problem = faults.has(['redis', 'url']) ? undefined : problemOfRedisUrl(url);
  const hasCredentials = typeof url === 'string' && /^rediss?:\/\/[^/]*@/.test(url);
  if (problem !== undefined) faults.add(['redis', 'url'], problem);
  else if (hasCredentials) faults.add(['redis', 'url'], 'has credentials; write them as username and password');
  return { url: typeof url === 'string' ? url : '', ...readCredentials(faults, fields, file) };
};

const readSentinels = (faults: Faults, value: Fields, file: string): SentinelAddress => {
  const fields = readFields(faults, value, ['redis'], SENTINEL_KEYS);
  const { name } = readText(faults, fields, 'name');
  if (fields['name'] === undefined) {
    faults.add(
      ['redis', 'name'],
      'is missing: it must be the name that the Sentinels give the primary, such as mymaster',
    );
  }
  return {
    sentinels: readServers(faults, fields['sentinels'], ['redis', 'sentinels'], 26_379),
    name: name ?? '',
    ...readCredentials(faults, fields, file),
    ...readText(faults, fields, 'sentinelPassword'),
    ...readDb(faults, fields['db']),
  };
};

const readCluster = (faults: Faults, value: Fields, file: string): ClusterAddress => {
  const fields = readFields(faults, value, ['redis'], CLUSTER_KEYS);
  return {
    cluster: readServers(faults, fields['cluster'], ['redis', 'cluster'], 6_379),
    ...readCredentials(faults, fields, file),
  };
};

/** Reads `redis`; left out: the embedded stores. `file` is the path of the YAML file. */
export const readRedis = (faults: Faults, value: unknown, file: string): RedisAddress | undefined => {
  if (value === undefined) return undefined;
  if (!isMap(value)) {
    const problem = problemOfRedisUrl(value);
    if (problem !== undefined) return faults.add(['redis'], problem);
    return typeof value === 'string' ? value : undefined;
  }
  const [hasSentinels, hasCluster] = [Object.hasOwn(value, 'sentinels'), Object.hasOwn(value, 'cluster')];
  if (hasSentinels && hasCluster) return faults.add(['redis'], 'has both sentinels and cluster; keep one of them');
  if (Object.hasOwn(value, 'url')) return readServer(faults, value, file);
  if (hasSentinels) return readSentinels(faults, value, file);
  if (hasCluster) return readCluster(faults, value, file);
  return faults.add(['redis'], 'must be an address, or a map with url, with sentinels and name, or with cluster');
};
