import { kindOfError, type Logger } from '../events/logger';
import type { Clock } from '../protocol/time';
import type { AuditEntry, AuditFact, AuditLog } from './audit-log';
import { PendingFacts } from './pending-facts';

export interface AuditServices {
  readonly log: AuditLog;
  /** The organization of a fact that does not say it. */
  readonly organizationOf: (fact: AuditFact) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const WRITTEN_EVERY_MS = 1_000;

/**
 * Keeps what happened for administrators, in batches, so that no request waits for it. What happens again and again within a
 * batch is one entry with a count: a flood of refusals cannot push out the rest.
 */
export class AuditRecorder {
  readonly #services: AuditServices;
  readonly #timer: NodeJS.Timeout;
  #pending = new PendingFacts();

  constructor(services: AuditServices) {
    this.#services = services;
    this.#timer = setInterval(() => void this.flush(), WRITTEN_EVERY_MS).unref();
  }

  note(fact: AuditFact): void {
    this.#pending.add(fact, this.#services.clock());
  }

  /** Writes what has been noted. What cannot be written is dropped, and told. */
  async flush(): Promise<void> {
    const pending = this.#pending.all();
    const { dropped } = this.#pending;
    if (pending.length === 0) return;
    this.#pending = new PendingFacts();
    const { log, logger } = this.#services;
    if (dropped > 0)
      logger.warn({ dropped }, 'More happened at once than the audit can take: some of it is not in there');
    let lost: { readonly cause: unknown; readonly entries: number } | undefined;
    const lose = (cause: unknown, entries: number): void => {
      lost = { cause, entries: entries + (lost?.entries ?? 0) };
    };
    const byOrganization = new Map<string | undefined, AuditEntry[]>();
    for (const { fact, entry, count } of pending) {
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
      await log.append(organization, entries).catch((error: unknown) => lose(error, entries.length));
    }
    if (lost === undefined) return;
    const { cause, entries } = lost;
    logger.warn({ ...kindOfError(cause), entries }, 'Entries of the audit could not be written');
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
