import type { Logger } from '../events/logger';
import type { MetricsRegistry } from '../events/metrics';
import { kindOfValue } from '../protocol/printed-value';
import { SharedMemory } from '../stores/memory/shared-memory';
import type { RedisLike } from '../stores/redis/redis-like';
import type { Checks, Fields, Path } from './checks';

/** Accepts an object of the integrator if it has the required functions; its class does not matter. */
const readObject = <T extends object>(
  checks: Checks,
  value: unknown,
  path: Path,
  methods: readonly (keyof T & string)[],
  rule: string,
): T | undefined => {
  if (value === undefined) return undefined;
  const candidate = (typeof value === 'object' && value !== null ? value : {}) as Fields;
  if (methods.every((method) => typeof candidate[method] === 'function')) return value as T;
  return checks.fault(path, `must be ${rule}; got ${kindOfValue(value)}`);
};

/** Reads the option `redis`. An address is a frequent mistake; it may contain a password, so it is not repeated. */
export const readRedis = (checks: Checks, value: unknown, path: Path): RedisLike | undefined => {
  if (typeof value === 'string') {
    return checks.fault(path, 'must be an ioredis client, not an address: write redis: new Redis(address)');
  }
  const methods = ['duplicate', 'call', 'on', 'off', 'disconnect'] as const;
  return readObject<RedisLike>(checks, value, path, methods, 'an ioredis client');
};

/** Reads the option `memory`. */
export const readMemory = (
  checks: Checks,
  value: unknown,
  path: Path,
  redis: RedisLike | undefined,
): SharedMemory | undefined => {
  if (value === undefined) return undefined;
  if (!(value instanceof SharedMemory)) {
    return checks.fault(path, `must be a store from createMemoryStore(); got ${kindOfValue(value)}`);
  }
  return redis === undefined ? value : checks.fault(path, 'is given together with redis; leave one of them out');
};

/** Reads the option `metrics`. */
export const readMetrics = (checks: Checks, value: unknown, path: Path): MetricsRegistry | undefined =>
  readObject(checks, value, path, ['registerMetric', 'removeSingleMetric'], 'a prom-client registry');

/** Reads the option `logger`. */
export const readLogger = (checks: Checks, value: unknown, path: Path): Logger | undefined =>
  readObject(checks, value, path, ['info', 'warn', 'error'], 'an object with info, warn and error');
