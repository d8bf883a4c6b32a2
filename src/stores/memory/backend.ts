import type { Backend, BackendSettings } from '../backend';
import type { ChangeFeed } from '../change-feed';
import { MemoryAuditLog } from './audit-log';
import { MemoryDirectoryStore } from './directory';
import { MemoryFailureCounters } from './failure-counters';
import { MemorySessionStore } from './sessions';
import { MemoryTokenUseStore } from './token-uses';
import { MemoryTokenStore } from './tokens';

const MAX_GRANTS = 100_000;

/** No other process can change this store, and the gate evicts its own changes, so caches are always coherent. */
const noForeignChanges: ChangeFeed = {
  isCoherent: () => true,
  maxAge: Infinity,
  listen: () => undefined,
  close: () => undefined,
};

/** Keeps everything in the memory of this process. Logs a warning that it is lost when the process ends. */
export const openMemoryBackend = ({
  clock,
  emit,
  logger,
  limits,
  shares,
}: Pick<BackendSettings, 'clock' | 'emit' | 'logger' | 'limits' | 'shares'>): Backend => {
  logger.warn(
    { store: 'memory' },
    'Tokens are kept in the memory of this process: they are lost when it ends, and no other process can use them. Pass a redis client to keep them',
  );
  const tokens = new MemoryTokenStore({ clock, maxGrants: MAX_GRANTS });
  return {
    name: 'memory',
    tokens,
    directory: new MemoryDirectoryStore(),
    sessions: new MemorySessionStore(clock),
    audit: new MemoryAuditLog(clock, {
      maxPerActor: shares.auditPerActor,
      onReached: () => emit({ type: 'limit', limit: 'auditPerActor' }),
    }),
    tokenUses: new MemoryTokenUseStore(),
    failures: new MemoryFailureCounters(limits, clock),
    check: () => tokens.check(),
    mayEvict: () => false, // a full store refuses new grants
    missedDeadlines: () => 0,
    openChanges: () => noForeignChanges,
    close: () => tokens.close(),
  };
};
