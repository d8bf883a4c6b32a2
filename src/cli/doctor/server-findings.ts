import type { RedisLike } from '../../stores/redis/redis-like';
import { evictionIn } from '../../stores/redis/eviction-policy';
import { reasonOf } from '../../stores/redis/reasons';
import type { Finding } from './finding';
import { readServerInfo, type ServerInfo } from './server-info';

type Info = NonNullable<ServerInfo>;

/** The oldest Redis with access lists. Scripts read the clock before they write, which needs Redis 5. */
const MIN_MAJOR = 6;

const HIDDEN = 'Permit INFO to the Redis user to have it checked';

const versionIn = (info: Info): Finding => {
  const valkey = info.get('valkey_version');
  const version = valkey ?? info.get('redis_version') ?? 'unknown';
  const message = `${valkey === undefined ? 'Redis' : 'Valkey'} ${version}`;
  const major = Number.parseInt(version, 10);
  if (major >= MIN_MAJOR) return { check: 'version', level: 'ok', message };
  if (Number.isNaN(major)) {
    return { check: 'version', level: 'warning', message: 'The version is not known', cure: 'Use Redis 6 or later' };
  }
  return { check: 'version', level: 'problem', message: `${message} is too old`, cure: 'Use Redis 6 or later' };
};

const roleIn = (info: Info): Finding => {
  if (info.get('role') !== 'slave') return { check: 'role', level: 'ok', message: 'The server is a primary' };
  const message = 'The server is a replica and refuses writes';
  return { check: 'role', level: 'problem', message, cure: 'Use the address of the primary, or of the Sentinels' };
};

const SET_POLICY = 'CONFIG SET maxmemory-policy noeviction, and the same in the file of Redis';

const evictionFinding = (info: Info): Finding => {
  const [policy, limit] = [info.get('maxmemory_policy') ?? '', info.get('maxmemory') ?? ''];
  const eviction = evictionIn(`maxmemory_policy:${policy}\r\nmaxmemory:${limit}\r\n`);
  const check = 'eviction';
  if (eviction.state === 'never') return { check, level: 'ok', message: 'maxmemory-policy is noeviction' };
  if (eviction.state === 'hidden') {
    const message = 'Redis does not show its maxmemory-policy';
    return { check, level: 'warning', message, cure: 'Make sure that it is noeviction' };
  }
  const isEvicting = eviction.state === 'evicting';
  const effect = isEvicting
    ? ', so Redis may evict live keys'
    : ': keys are evicted as soon as there is a maxmemory limit';
  const message = `maxmemory-policy is ${eviction.policy}${effect}`;
  return { check, level: isEvicting ? 'problem' : 'warning', message, cure: SET_POLICY };
};

/** Reads a setting; `undefined` if CONFIG is not permitted. */
const readSetting = async (server: RedisLike, name: string): Promise<string | undefined> => {
  try {
    const reply = await server.call('config', 'get', name);
    const value: unknown = Array.isArray(reply) ? reply[1] : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch (error) {
    if (reasonOf(error).source === 'connection') throw error;
    return undefined;
  }
};

const memoryIn = (info: Info): readonly Finding[] => {
  const limit = Number(info.get('maxmemory') ?? Number.NaN);
  if (Number.isNaN(limit)) return [];
  if (limit > 0) return [{ check: 'memory', level: 'ok', message: `maxmemory is ${Math.round(limit / 1_048_576)} MB` }];
  const message = 'maxmemory is not set: if the machine runs out of memory, the kernel kills Redis';
  const cure = 'CONFIG SET maxmemory to less than the memory of the machine, and the same in the file of Redis';
  return [{ check: 'memory', level: 'warning', message, cure }];
};

const SYNC = 'CONFIG SET appendfsync everysec, and the same in the file of Redis';

const appendOnlyFinding = async (server: RedisLike): Promise<Finding> => {
  const check = 'persistence';
  const sync = await readSetting(server, 'appendfsync');
  if (sync === undefined) return { check, level: 'ok', message: 'appendonly is on' };
  if (sync !== 'no') return { check, level: 'ok', message: `appendonly is on, and appendfsync is ${sync}` };
  const message = 'appendfsync is no: if the machine fails, what was revoked in the last half minute is accepted again';
  return { check, level: 'warning', message, cure: SYNC };
};

const PERSIST = 'CONFIG SET appendonly yes, and the same in the file of Redis; appendfsync everysec';

const persistenceFinding = async (server: RedisLike, info: Info): Promise<Finding> => {
  const check = 'persistence';
  const failed = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status'].find(
    (field) => (info.get(field) ?? 'ok') !== 'ok',
  );
  if (failed !== undefined) {
    const message = `Redis could not write its data to disk (${failed})`;
    return { check, level: 'problem', message, cure: 'See the log of Redis, and the free space of its disk' };
  }
  if (info.get('aof_enabled') === '1') return appendOnlyFinding(server);
  const snapshots = await readSetting(server, 'save');
  if (snapshots === '') {
    const message = 'Redis keeps nothing on disk: a restart loses all tokens, users and applications';
    return { check, level: 'problem', message, cure: PERSIST };
  }
  const message =
    snapshots === undefined
      ? 'appendonly is off, and Redis does not show whether it writes snapshots'
      : 'Redis writes snapshots only: after a crash, what was revoked since the last one is accepted again';
  return { check, level: 'warning', message, cure: PERSIST };
};

/** Checks one server that stores keys. */
export const findOnServer = async (server: RedisLike): Promise<readonly Finding[]> => {
  const info = await readServerInfo(server);
  if (info === undefined) {
    const message = 'Redis refuses INFO, so version, eviction and persistence are not known';
    return [{ check: 'version', level: 'warning', message, cure: HIDDEN }];
  }
  return [
    ...[versionIn(info), roleIn(info), evictionFinding(info)],
    ...memoryIn(info),
    await persistenceFinding(server, info),
  ];
};
