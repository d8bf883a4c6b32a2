import type { EpochSeconds } from '../protocol/time';
import type { Environment } from '../tokens/records';
import type { Resolution } from './resolutions';
import type { Tally } from './tally';

/** The API and the environment of the requests of a tally. */
export interface UsageSeries {
  readonly environment: Environment;
  /** Name of the API; empty for routes outside of APIs. */
  readonly api: string;
}

/** Counts of requests within one time span. */
export interface UsageCount extends UsageSeries {
  /** Beginning of the time span. */
  readonly at: EpochSeconds;
  readonly tally: Tally;
}

/** Counts of one minute for an application. */
export interface UsageIncrement extends UsageCount {
  /** Id of the application. */
  readonly application: string;
}

export interface UsageQuery {
  readonly resolution: Resolution;
  /** Beginning of the first time span. */
  readonly from: EpochSeconds;
  /** End of the last time span. */
  readonly to: EpochSeconds;
}

/**
 * Stores counts of requests by application, rolled up by minute, hour and day. For display only, written in batches: no
 * decision depends on it. Minutes are counted by the clock of the gate, and what is stored expires by that of the
 * store. Every method rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface UsageStore {
  /** Adds to the counts of each resolution, those of one application and minute in one step. */
  add(increments: readonly UsageIncrement[]): Promise<void>;

  /** Returns the counts of an application that are stored for these time spans, in any order. */
  find(application: string, query: UsageQuery): Promise<readonly UsageCount[]>;
}
