import type { Backend, BackendSettings } from '../backend';
import type { MonotonicClock } from '../../protocol/time';
import type { ChangeFeed } from '../change-feed';
import { MemoryAuditLog } from './audit-log';
import { MemoryFailureCounters } from './failure-counters';
import { createContents, type SharedMemory } from './shared-memory';

/** No other gate can change this store, and the gate evicts its own changes, so caches are always coherent. */
const noForeignChanges: ChangeFeed = {
  isCoherent: () => true,
  receivedUntil: () => performance.now(),
  maxAge: Infinity,
  listen: () => undefined,
  close: () => undefined,
};

export interface MemorySettings extends Pick<BackendSettings, 'clock' | 'emit' | 'logger' | 'limits' | 'shares'> {
  /** Left out: the stores belong to this gate alone. */
  readonly memory?: SharedMemory | undefined;
  /** For counters of requests. @default that of the process */
  readonly monotonic?: MonotonicClock;
}

type Clocks = Pick<MemorySettings, 'clock' | 'monotonic'>;

const openOwn = ({ clock, monotonic }: Clocks) => {
  const contents = createContents(clock, { isShared: false, monotonic });
  const { tokens } = contents;
  return { ...contents, check: () => tokens.check(), openChanges: () => noForeignChanges, close: () => tokens.close() };
};

const openShared = (memory: SharedMemory, { clock, monotonic }: Clocks) => ({
  ...memory.open(clock, monotonic),
  openChanges: () => memory.openChanges(),
  close: async () => undefined, // other gates may use it
});

/** Keeps everything in the memory of this process. Logs a warning that it is lost when the process ends. */
export const openMemoryBackend = ({ emit, logger, limits, shares, memory, ...clocks }: MemorySettings): Backend => {
  const { clock } = clocks;
  if (memory?.isUsed !== true) {
    logger.warn(
      { store: 'memory' },
      'Tokens are kept in the memory of this process: they are lost when it ends, and no other process can use them. Pass a redis client to keep them',
    );
  }
  const { auditEntries, ...opened } = memory === undefined ? openOwn(clocks) : openShared(memory, clocks);
  const onReached = (): void => emit({ type: 'limit', limit: 'auditPerActor' });
  return {
    ...opened,
    name: 'memory',
    audit: new MemoryAuditLog(clock, { maxPerActor: shares.auditPerActor, onReached }, auditEntries),
    failures: new MemoryFailureCounters(limits, clock),
    mayEvict: () => false, // a full store refuses new grants
    missedDeadlines: () => 0,
  };
};
