import type { PendingCount, PendingUsage } from './pending-usage';
import type { RefusalStore } from './refusal-store';
import { OUTCOMES } from './tally';
import type { UsageIncrement, UsageStore } from './usage-store';

/** Finds the application of a client; `undefined` if it was removed. */
export type FindApplication = (clientId: string) => Promise<{ readonly id: string } | undefined>;

export interface UsageWriterServices {
  readonly usage: UsageStore;
  readonly refusals: RefusalStore;
  readonly findApplication: FindApplication;
}

/** Number of applications that are read or written together. */
const APPLICATIONS_TOGETHER = 100;

const requestsIn = (counts: readonly PendingCount[]): number =>
  counts.reduce(
    (total, { tally }) => total + tally.slice(0, OUTCOMES.length).reduce((sum, count) => sum + count, 0),
    0,
  );

/** Calls a function with each item, a bounded number of them concurrently. */
const forEachOf = async <T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> => {
  for (let start = 0; start < items.length; start += APPLICATIONS_TOGETHER) {
    await Promise.all(items.slice(start, start + APPLICATIONS_TOGETHER).map(act));
  }
};

/**
 * Writes pending counts under the ids of their applications: a client id may belong to another application later, which
 * must not inherit them.
 */
export class UsageWriter {
  readonly #services: UsageWriterServices;
  readonly #onDropped: (requests: number) => void;

  /** @param onDropped called with the number of requests that could not be written */
  constructor(services: UsageWriterServices, onDropped: (requests: number) => void) {
    this.#services = services;
    this.#onDropped = onDropped;
  }

  /** @throws StoreUnavailableError; what was not written is dropped */
  async write(pending: PendingUsage): Promise<void> {
    const counts = [...pending.counts()];
    const refusals = [...pending.refusals()];
    const clients = new Set([...counts.map(({ clientId }) => clientId), ...refusals.map(([clientId]) => clientId)]);
    const applications = await this.#writeCounts(counts, [...clients]).catch((thrown: unknown) => {
      this.#onDropped(requestsIn(counts));
      throw thrown;
    });
    await forEachOf(refusals, async ([clientId, ofClient]) => {
      const application = applications.get(clientId);
      if (application !== undefined) await this.#services.refusals.note(application, ofClient);
    });
  }

  /** @returns the ids of the applications of all clients that exist */
  async #writeCounts(
    counts: readonly PendingCount[],
    clients: readonly string[],
  ): Promise<ReadonlyMap<string, string>> {
    const applications = await this.#findApplications(clients);
    await this.#services.usage.add(
      counts.flatMap(({ clientId, ...count }): readonly UsageIncrement[] => {
        const application = applications.get(clientId);
        return application === undefined ? [] : [{ ...count, application }];
      }),
    );
    return applications;
  }

  async #findApplications(clients: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    await forEachOf(clients, async (clientId) => {
      const application = await this.#services.findApplication(clientId);
      if (application !== undefined) found.set(clientId, application.id);
    });
    return found;
  }
}
