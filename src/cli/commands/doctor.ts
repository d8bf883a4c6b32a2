import { isCluster, primariesOf } from '../../stores/redis/own-connection';
import type { RedisLike } from '../../stores/redis/redis-like';
import type { Command } from '../command';
import { withConnections } from '../connections';
import { findOnAccess } from '../doctor/access-findings';
import type { Finding } from '../doctor/finding';
import { findOnServer } from '../doctor/server-findings';
import { findOnClock, findOnLatency } from '../doctor/timing-findings';
import { EXIT } from '../outcome';
import { printable } from '../printed-table';
import { findStore, type Store } from '../store';
import { STORE_FLAGS } from '../store-flags';

/** Defaults of the options, for gates whose options are not known. */
const DEFAULTS = { prefix: 'sg:', deadline: 250 } as const;

const addressOf = (server: RedisLike): string => {
  const { host = '', port = '' } = 'options' in server ? (server.options as { host?: string; port?: number }) : {};
  return `${host}:${port}`;
};

const findOnServers = async (connection: RedisLike): Promise<readonly Finding[]> => {
  const found: Finding[] = [];
  for (const server of primariesOf(connection)) {
    const label = isCluster(connection) ? { server: addressOf(server) } : {};
    for (const finding of await findOnServer(server)) found.push({ ...finding, ...label });
  }
  return found;
};

const findOnOptions = ({ options }: Store): readonly Finding[] => {
  if (options === undefined) return [];
  const found: Finding[] = [{ check: 'options', level: 'ok', message: 'The file of the gateway is valid' }];
  if (options.throttle === false) {
    const message = 'throttle is false: failed sign-ins are not limited';
    found.push({
      check: 'options',
      level: 'warning',
      message,
      cure: 'Remove throttle, unless a proxy limits failures',
    });
  }
  if (options.redisMayEvict === true) {
    const message = 'redisMayEvict is true: a gate is ready although Redis may evict live keys';
    found.push({ check: 'options', level: 'warning', message, cure: 'Remove redisMayEvict' });
  }
  return found;
};

const examine = (store: Store): Promise<readonly Finding[]> =>
  withConnections(store.client, 2, async ([connection, subscriber]) => {
    if (connection === undefined || subscriber === undefined) return [];
    return [
      ...(await findOnServers(connection)),
      ...(await findOnAccess(connection, subscriber, store.prefix ?? DEFAULTS.prefix)),
      ...(await findOnClock(connection, Date.now)),
      ...(await findOnLatency(connection, store.options?.deadline ?? DEFAULTS.deadline)),
      ...findOnOptions(store),
    ];
  });

const MARKS = { ok: 'ok      ', warning: 'warning ', problem: 'PROBLEM ' } as const;

const printFinding = ({ level, check, message, cure, server }: Finding): string => {
  const where = server === undefined ? '' : `${server}: `;
  const line = `${MARKS[level]} ${check}: ${where}${message}`;
  return printable(line) + (cure === undefined ? '' : `\n         Cure: ${printable(cure)}`);
};

export const doctor: Command = {
  words: ['doctor'],
  summary: 'Checks the store: version, role, eviction, persistence, permissions, clocks, latency, and the options.',
  notes: ['Each finding says what is wrong and the cure. Warnings alone leave the exit code 0.'],
  flags: STORE_FLAGS,
  run: async (run) => {
    const store = await findStore(run);
    try {
      const findings = await examine(store);
      const hasProblem = findings.some(({ level }) => level === 'problem');
      return {
        json: { ok: !hasProblem, findings },
        text: findings.map(printFinding).join('\n'),
        exit: hasProblem ? EXIT.problem : EXIT.done,
      };
    } finally {
      store.client.disconnect();
    }
  },
};
