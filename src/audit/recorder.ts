import { Batch } from '../events/batch';
import { kindOfError, type Logger } from '../events/logger';
import type { Clock } from '../protocol/time';
import type { AuditEntry, AuditFact, AuditLog } from './audit-log';
import { PendingFacts } from './pending-facts';

export interface AuditServices {
  readonly log: AuditLog;
  /** Finds the organization of a fact that does not name one. */
  readonly organizationOf: (fact: AuditFact) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const WRITE_INTERVAL_MS = 1_000;

/**
 * Writes the audit in batches, so that no request waits for it. Repeated facts of a batch become one entry with a
 * count, so that a flood of refusals cannot evict other entries.
 */
export class AuditRecorder {
  readonly #services: AuditServices;
  readonly #batch: Batch<PendingFacts>;

  constructor(services: AuditServices) {
    this.#services = services;
    this.#batch = new Batch({
      interval: WRITE_INTERVAL_MS,
      begin: () => new PendingFacts(),
      write: (facts) => this.#write(facts),
      onFailed: (thrown) => this.#logLost(thrown),
    });
  }

  note(fact: AuditFact): void {
    this.#batch.change((facts) => facts.add(fact, this.#services.clock()));
  }

  /**
   * Resolves when everything noted so far has been written to the audit. Entries that cannot be written are dropped,
   * with a warning in the log.
   */
  flush(): Promise<void> {
    return this.#batch.flush();
  }

  /** Writes pending facts, waiting at most two seconds for the store. Later facts are ignored. */
  close(): Promise<void> {
    return this.#batch.close();
  }

  async #write(facts: PendingFacts): Promise<void> {
    const { log, logger } = this.#services;
    const { dropped } = facts;
    if (dropped > 0) logger.warn({ dropped }, 'Entries of the audit were dropped: too many arrived at the same time');
    let lost: { readonly cause: unknown; readonly entries: number } | undefined;
    const lose = (cause: unknown, entries: number): void => {
      lost = { cause, entries: entries + (lost?.entries ?? 0) };
    };
    const byOrganization = new Map<string | undefined, AuditEntry[]>();
    for (const { fact, entry, count } of facts.all()) {
      try {
        const organization = fact.organization ?? (await this.#services.organizationOf(fact));
        const entries = byOrganization.get(organization) ?? [];
        entries.push(count === 1 ? entry : { ...entry, count });
        byOrganization.set(organization, entries);
      } catch (error) {
        lose(error, 1);
      }
    }
    for (const [organization, entries] of byOrganization) {
      try {
        await log.append(organization, entries);
      } catch (error) {
        lose(error, entries.length);
      }
    }
    if (lost !== undefined) this.#logLost(lost.cause, lost.entries);
  }

  #logLost(cause: unknown, entries?: number): void {
    this.#services.logger.warn({ ...kindOfError(cause), entries }, 'Entries of the audit could not be written');
  }
}
