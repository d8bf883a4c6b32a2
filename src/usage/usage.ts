import { Batch } from '../events/batch';
import { kindOfError, type Logger } from '../events/logger';
import type { Clock, EpochSeconds, Milliseconds } from '../protocol/time';
import { FollowedRequests, type FollowedResponse } from './followed-requests';
import { boundedMethod } from './method';
import { PendingUsage, type UsageClient } from './pending-usage';
import { UsageWriter, type UsageWriterServices } from './usage-writer';
import type { RecentRefusal, RefusalFacts } from './refusal-store';
import { boundsOf, PERIODS, type UsagePeriod } from './resolutions';
import { outcomeOfRefusal } from './tally';
import type { UsageCount } from './usage-store';

/** Counts reach the store, and so other gates, up to this much later. */
const WRITE_INTERVAL_MS: Milliseconds = 5_000;

/** The part of usage that guards call for requests with a live token. */
export type UsageRecorder = Pick<Usage, 'follow' | 'refuse'>;

/** A refusal as a guard knows it. */
export type RefusedRequest = Omit<RefusalFacts, 'environment'>;

export interface UsageServices extends UsageWriterServices {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Counts of a period, and its time spans. */
export interface FoundUsage {
  readonly period: UsagePeriod;
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly counts: readonly UsageCount[];
}

/**
 * Counts the requests of applications. Batched, so that no request waits: counts are collected in memory and written
 * every five seconds. Nothing is counted before `start`.
 */
export class Usage {
  readonly #services: UsageServices;
  readonly #writer: UsageWriter;
  #batch: Batch<PendingUsage> | undefined;
  #followed: FollowedRequests | undefined;
  #isClosed = false;
  #dropped = 0;

  constructor(services: UsageServices) {
    this.#services = services;
    this.#writer = new UsageWriter(services, (requests) => (this.#dropped += requests));
  }

  /** Number of requests that could not be counted: there were too many clients, or the store was away. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Begins to count. Later calls have no effect. */
  start(): void {
    if (this.#batch !== undefined || this.#isClosed) return;
    const { logger } = this.#services;
    const batch = new Batch({
      interval: WRITE_INTERVAL_MS,
      begin: () => new PendingUsage(),
      write: (pending) => this.#writer.write(pending),
      onFailed: (thrown) => logger.info(kindOfError(thrown), 'The usage of some applications could not be written'),
    });
    this.#batch = batch;
    this.#followed = new FollowedRequests((client, api, outcome, duration) => {
      batch.change((pending) => {
        if (!pending.count(this.#minute(), api, client, outcome, duration)) this.#dropped += 1;
      });
    });
  }

  /** Follows a request that a guard has let through, and counts it when its response ends. Never throws. */
  follow(response: FollowedResponse, client: UsageClient, api = ''): void {
    try {
      this.#followed?.follow(response, client, api);
    } catch {
      // A response that cannot be listened to is not counted, but served.
    }
  }

  /** Counts a request that a guard has refused, and keeps the reason. */
  refuse(response: FollowedResponse, client: UsageClient, refused: RefusedRequest): void {
    if (this.#followed === undefined) return;
    const { environment } = client;
    const isFollowed = this.#followed.refuse(response, refused.status);
    const facts = { ...refused, method: boundedMethod(refused.method), environment };
    this.#batch?.change((pending) => {
      pending.note(client, facts, Math.floor(this.#services.clock()));
      if (isFollowed) return;
      const outcome = outcomeOfRefusal(refused.status);
      if (!pending.count(this.#minute(), refused.api, client, outcome)) this.#dropped += 1;
    });
  }

  /** Reads the counts of an application; never cached. Writes what is pending first. @throws StoreUnavailableError */
  async findFresh(application: string, period: UsagePeriod): Promise<FoundUsage> {
    await this.flush();
    const bounds = boundsOf(period, this.#services.clock());
    const { resolution } = PERIODS[period];
    return { period, ...bounds, counts: await this.#services.usage.find(application, { resolution, ...bounds }) };
  }

  /** Reads the last refusals of an application; never cached. @throws StoreUnavailableError */
  async findFreshRefusals(application: string): Promise<readonly RecentRefusal[]> {
    await this.flush();
    return this.#services.refusals.list(application);
  }

  /** Resolves when everything counted so far has been written or dropped. */
  async flush(): Promise<void> {
    await this.#batch?.flush();
  }

  /** Writes the pending counts, waiting at most two seconds for the store. Later requests are not counted. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#batch?.close();
  }

  #minute(): EpochSeconds {
    return Math.floor(this.#services.clock() / 60) * 60;
  }
}
