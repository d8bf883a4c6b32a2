import type { RedisLike } from '../../stores/redis/redis-like';
import { reasonOf } from '../../stores/redis/reasons';
import type { Milliseconds } from '../../protocol/time';
import type { Finding } from './finding';

const DEADLINE_MS: Milliseconds = 2_000;

/** The options by which a client of ioredis finds a primary. */
interface SentinelOptions {
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  readonly name: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  readonly sentinelTLS?: object;
}

const optionsOf = (client: RedisLike): SentinelOptions | undefined => {
  if (!('options' in client)) return undefined;
  const options = client.options as Partial<SentinelOptions>;
  return Array.isArray(options.sentinels) && typeof options.name === 'string'
    ? (options as SentinelOptions)
    : undefined;
};

/** The view of one Sentinel. */
interface Sentinel {
  readonly server: string;
  /** The fields of SENTINEL MASTER; the word of the error if it did not reply. */
  readonly primary: ReadonlyMap<string, string> | string;
  /** True if enough Sentinels are reachable from it for a failover. */
  readonly hasQuorum: boolean;
}

/** Reads a reply of field names and values, which is a list, or an object if the driver uses RESP3. */
const fieldsOf = (reply: unknown): ReadonlyMap<string, string> => {
  if (reply instanceof Map) return new Map([...reply].map(([field, value]) => [String(field), String(value)]));
  if (!Array.isArray(reply))
    return new Map(Object.entries(reply ?? {}).map(([field, value]) => [field, String(value)]));
  const words = reply.map(String);
  return new Map(words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? ''] as const] : [])));
};

const inspect = async (client: RedisLike, options: SentinelOptions, server: string): Promise<Sentinel> => {
  const colon = server.lastIndexOf(':');
  const [host, port] = [server.slice(0, colon), server.slice(colon + 1)];
  const { name, sentinelUsername: username, sentinelPassword: password, sentinelTLS: tls } = options;
  const connection = client.duplicate({
    ...{ sentinels: undefined, name: undefined, host, port: Number(port), db: 0, username, password, tls },
    ...{ lazyConnect: false, enableOfflineQueue: true, enableReadyCheck: false, maxRetriesPerRequest: 0 },
    ...{ connectTimeout: DEADLINE_MS, commandTimeout: DEADLINE_MS, retryStrategy: () => null },
  });
  let lost: unknown;
  connection.on('error', (error) => {
    lost = error;
  });
  try {
    const primary = fieldsOf(await connection.call('sentinel', 'master', name));
    const quorum = await connection.call('sentinel', 'ckquorum', name).then(String, () => '');
    return { server, primary, hasQuorum: quorum.startsWith('OK') };
  } catch (error) {
    const reply = reasonOf(error);
    return { server, primary: (reply.source === 'reply' ? reply : reasonOf(lost ?? error)).word, hasQuorum: false };
  } finally {
    connection.disconnect();
  }
};

const WORDS: Readonly<Record<string, string>> = {
  ERR: 'monitors no primary of this name',
  NOAUTH: 'requires a password: --sentinel-password-file',
  WRONGPASS: 'refuses the password of --sentinel-password-file',
};

const reachableIn = (inspected: readonly Sentinel[]): readonly Finding[] =>
  inspected.flatMap(({ server, primary }) => {
    if (typeof primary !== 'string') return [];
    const message = `The Sentinel ${WORDS[primary] ?? `is away, or does not reply (${primary})`}`;
    const cure = 'Start it, or correct its address, its password or the name of the primary';
    return [{ check: 'sentinels', level: 'problem', message, cure, server }] as const;
  });

const quorumIn = (sentinel: Sentinel, fields: ReadonlyMap<string, string>): readonly Finding[] => {
  const check = 'sentinels';
  const count = 1 + Number(fields.get('num-other-sentinels') ?? 0);
  const quorum = fields.get('quorum') ?? 'unknown';
  if (!sentinel.hasQuorum) {
    const message = `Too few Sentinels are reachable for a failover (quorum ${quorum} of ${count})`;
    return [
      { check, level: 'problem', message, cure: 'Start the Sentinels that are away: SENTINEL CKQUORUM must be OK' },
    ];
  }
  if (count < 3) {
    const message = `The primary is watched by ${count} Sentinels: if one is away, there is no failover`;
    return [{ check, level: 'warning', message, cure: 'Use three Sentinels or more, on different machines' }];
  }
  return [
    { check, level: 'ok', message: `${count} Sentinels watch the primary, and ${quorum} are enough for a failover` },
  ];
};

const replicasIn = (fields: ReadonlyMap<string, string>): Finding => {
  const count = Number(fields.get('num-slaves') ?? 0);
  if (count > 0)
    return {
      check: 'replicas',
      level: 'ok',
      message: `The primary has ${count} ${count === 1 ? 'replica' : 'replicas'}`,
    };
  const message = 'The primary has no replica: if it fails, Redis is away until it is started again';
  return { check: 'replicas', level: 'problem', message, cure: 'Start a replica with replicaof <host> <port>' };
};

/** Queries each Sentinel in the options of a client. Returns nothing for a client without Sentinels. */
export const findOnSentinels = async (client: RedisLike): Promise<readonly Finding[]> => {
  const options = optionsOf(client);
  if (options === undefined) return [];
  const servers = options.sentinels.map(({ host, port }) => `${host}:${port}`);
  const inspected = await Promise.all(servers.map((server) => inspect(client, options, server)));
  const found = reachableIn(inspected);
  for (const sentinel of inspected) {
    const { primary } = sentinel;
    if (typeof primary !== 'string') return [...found, ...quorumIn(sentinel, primary), replicasIn(primary)];
  }
  return found;
};

const MIN_REPLICAS =
  'CONFIG SET min-replicas-to-write 1, CONFIG SET min-replicas-max-lag 2, and the same in the file of Redis';

/** Checks whether a primary that Sentinels watch refuses writes once it has lost its replicas. */
export const findOnMinReplicas = async (connection: RedisLike): Promise<readonly Finding[]> => {
  try {
    const fields = fieldsOf(await connection.call('config', 'get', 'min-replicas-to-write'));
    const count = Number(fields.get('min-replicas-to-write') ?? 0);
    const check = 'replicas';
    if (count > 0) return [{ check, level: 'ok', message: `Writes need ${count} replicas that are connected` }];
    const message =
      'min-replicas-to-write is 0: a primary that is cut off from its replicas accepts changes that a failover discards';
    return [{ check, level: 'warning', message, cure: MIN_REPLICAS }];
  } catch (error) {
    if (reasonOf(error).source === 'connection') throw error;
    return []; // CONFIG is not permitted
  }
};
