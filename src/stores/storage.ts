import type { MetricsRegistry } from '../events/metrics';
import { openEvents } from '../events/open-events';
import type { PasswordQueueLoad } from '../events/readings';
import type { Clock } from '../protocol/time';
import { LeasedQuotas } from '../quotas/leased-quotas';
import { Codes } from '../tokens/codes';
import { Freeing } from '../tokens/freeing';
import type { TokenLifetimes } from '../tokens/issued-tokens';
import type { GrantLimits } from '../tokens/grant-limits';
import { Tickets } from '../tokens/tickets';
import { createTokenService } from '../tokens/token-service';
import { TokenWatches } from '../tokens/token-watches';
import { openBackend, type BackendChoice } from './open-backend';
import { cacheReadings, storeReadings } from './store-readings';
import { openStores, type Stores, type StoreSettings } from './stores';

export interface StorageSettings extends Omit<BackendChoice, 'emit' | 'durations'>, StoreSettings {
  readonly metrics: MetricsRegistry | undefined;
  readonly tokens: TokenLifetimes;
  readonly shares: BackendChoice['shares'] & GrantLimits;
  /** For timers and listeners: never throws. */
  readonly backgroundClock: Clock;
  /** Called at each scrape. */
  readonly passwordQueue: () => PasswordQueueLoad;
  /** Called at each scrape. */
  readonly droppedUsage: () => number;
}

/**
 * Opens the events, the stores and the token service. The events come first, because the stores emit, and the metrics
 * read the stores at each scrape.
 * @param opened receives what closes each part, so that nothing stays open if a later part throws
 */
export const openStorage = (settings: StorageSettings, opened: (() => unknown)[]) => {
  const clock = settings.backgroundClock;
  const { emitter, durations, stopCounting } = openEvents({
    ...settings,
    clock,
    hasRedis: settings.redis !== undefined,
    store: storeReadings(() => stores),
    ...(settings.cache === false ? {} : { cacheCounts: cacheReadings(() => stores) }),
  });
  opened.push(stopCounting);
  const { emit } = emitter;
  const stores: Stores = openStores(openBackend({ ...settings, clock, emit, durations }), { ...settings, clock });
  opened.push(() => stores.close());
  const freeing = new Freeing(stores.tokens, settings.logger);
  opened.push(() => freeing.close());
  const lifetimes = settings.tokens;
  const tokens = createTokenService(stores.tokens, {
    lifetimes,
    limits: settings.shares,
    clock: settings.clock,
    emit,
    cache: stores.tokenCache,
    onEnded: freeing.add,
  });
  const watches = new TokenWatches({ tokens, changes: stores.tokenChanges, clock, logger: settings.logger });
  opened.push(() => watches.close());
  const tickets = new Tickets({ store: stores.tickets, tokens, clock: settings.clock });
  const codes = new Codes({ store: stores.codes, clock: settings.clock, emit, revocation: tokens });
  const quotas = new LeasedQuotas({ store: stores.quotas });
  return { emitter, emit, durations, stopCounting, freeing, stores, tokens, watches, tickets, codes, quotas };
};
