import { StoreUnavailableError } from '../../protocol/errors';
import { isCluster, primariesOf } from '../../stores/redis/own-connection';
import type { RedisLike } from '../../stores/redis/redis-like';
import type { Command } from '../command';
import { withConnections } from '../connections';
import { findOnAccess } from '../doctor/access-findings';
import { findOnCluster } from '../doctor/cluster-findings';
import type { Finding } from '../doctor/finding';
import { findOnMinReplicas, findOnSentinels } from '../doctor/sentinel-findings';
import { findOnServer } from '../doctor/server-findings';
import { findOnClock, findOnLatency } from '../doctor/timing-findings';
import { failureOf } from '../failure';
import { EXIT, type ExitCode, type Outcome } from '../outcome';
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

/** Checks what keeps the store available if a server fails. */
const findOnTopology = async (client: RedisLike, connection: RedisLike): Promise<readonly Finding[]> => {
  if (isCluster(connection)) {
    return findOnCluster(primariesOf(connection).map((server) => ({ connection: server, server: addressOf(server) })));
  }
  const found = await findOnSentinels(client);
  return found.length === 0 ? found : [...found, ...(await findOnMinReplicas(connection))];
};

const findOnOptions = ({ options }: Store): readonly Finding[] => {
  if (options === undefined) return [];
  const found: Finding[] = [{ check: 'options', level: 'ok', message: 'The options in the file are valid' }];
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
      ...(await findOnTopology(store.client, connection)),
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

const outcomeOf = (findings: readonly Finding[], exit: ExitCode): Outcome => ({
  json: { ok: exit === EXIT.done, findings },
  text: findings.map(printFinding).join('\n'),
  exit,
});

export const doctor: Command = {
  words: ['doctor'],
  summary: 'Checks Redis (settings, permissions, Sentinels or Cluster, clocks, latency) and the options.',
  notes: ['Each finding says what is wrong and the cure. Warnings alone leave the exit code 0.'],
  flags: STORE_FLAGS,
  run: async (run) => {
    const store = await findStore(run);
    try {
      const findings = await examine(store);
      return outcomeOf(findings, findings.some(({ level }) => level === 'problem') ? EXIT.problem : EXIT.done);
    } catch (error) {
      // The Sentinels may show why their primary cannot be reached.
      const findings = error instanceof StoreUnavailableError ? await findOnSentinels(store.client) : [];
      if (findings.length === 0) throw error;
      run.warn(failureOf(error).message);
      return outcomeOf(findings, EXIT.storeAway);
    } finally {
      store.close();
    }
  },
};
