import type { Backend, BackendSettings } from '../backend';
import type { Announcing } from './announcement';
import { Announcements } from './announcements';
import { RedisAuditLog } from './audit-log';
import { RedisCodeStore } from './codes';
import { RedisConnection } from './connection';
import { RedisConsentStore } from './consents';
import { RedisDirectoryStore } from './directory';
import { EvictionCheck } from './eviction-check';
import { Failovers } from './failovers';
import { RedisFailureCounters } from './failure-counters';
import { createKeys } from './keys';
import type { RedisLike } from './redis-like';
import { RedisPasswordUseStore } from './password-uses';
import { RedisPasswordLinkStore } from './password-links';
import { RedisQuotaStore } from './quotas';
import { RedisRefusalStore } from './refusals';
import { RedisSessionStore } from './sessions';
import { RedisSignUpStore } from './sign-ups';
import { RedisTicketStore } from './tickets';
import { RedisTokenUseStore } from './token-uses';
import { RedisTokenStore } from './tokens';
import { RedisTransactionStore } from './transactions';
import { RedisUsageStore } from './usage';
import { WriteCheck } from './write-check';

/**
 * Keeps everything in Redis, over connections of the gate's own.
 *
 * @param client provides the address and the credentials; it is not used itself
 */
export const openRedisBackend = (
  client: RedisLike,
  { prefix, deadline, clock, emit, durations, logger, limits, shares, cache, redisMayEvict }: BackendSettings,
): Backend => {
  const connection = new RedisConnection(client, { deadline, emit, logger, durations: durations.redis });
  const failovers = new Failovers(client, logger);
  failovers.followCommands(connection.client);
  const keys = createKeys(prefix);
  const announcing: Announcing = cache === false ? 'optional' : 'required';
  const writes = new WriteCheck(connection, keys.writeCheck);
  const eviction = new EvictionCheck(connection, { redisMayEvict, logger });
  return {
    name: 'redis',
    tokens: new RedisTokenStore(connection, keys, clock, announcing),
    directory: new RedisDirectoryStore(connection, keys, announcing),
    codes: new RedisCodeStore(connection, keys, clock),
    tickets: new RedisTicketStore(connection, keys, clock),
    consents: new RedisConsentStore(connection, keys),
    transactions: new RedisTransactionStore(connection, keys, clock),
    sessions: new RedisSessionStore(connection, keys, clock),
    passwordLinks: new RedisPasswordLinkStore(connection, keys, clock),
    signUps: new RedisSignUpStore(connection, keys, clock),
    audit: new RedisAuditLog(connection, keys, clock, {
      maxPerActor: shares.auditPerActor,
      onReached: () => emit({ type: 'limit', limit: 'auditPerActor' }),
    }),
    tokenUses: new RedisTokenUseStore(connection, keys),
    passwordUses: new RedisPasswordUseStore(connection, keys),
    quotas: new RedisQuotaStore(connection, keys),
    usage: new RedisUsageStore(connection, keys),
    refusals: new RedisRefusalStore(connection, keys),
    failures: new RedisFailureCounters(connection, keys, limits),
    check: async () => {
      await writes.check(); // first: a Redis that is away is reported as such
      await eviction.check();
    },
    mayEvict: () => eviction.mayEvict,
    missedDeadlines: () => connection.missedDeadlines,
    openChanges: () => new Announcements(client, connection, { channel: keys.changes, failovers, logger }),
    close: () => {
      eviction.close();
      failovers.close();
      return connection.close();
    },
  };
};
