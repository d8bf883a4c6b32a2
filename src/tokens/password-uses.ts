import { Batch } from '../events/batch';
import { BoundedMap } from '../events/bounded-map';
import { kindOfError, type Logger } from '../events/logger';
import { dayOf, type EpochDay } from '../protocol/days';
import type { Clock } from '../protocol/time';
import type { PasswordClient, PasswordUsage, PasswordUse, PasswordUseStore } from './password-use-store';

const WRITE_INTERVAL_MS = 60_000;
const MAX_PENDING = 10_000;

/** Number of days, the current one included, over which the use of the password grant is counted. */
export const PASSWORD_USAGE_DAYS = 30;

const sumOf = (usages: readonly PasswordUsage[]): PasswordUsage => {
  const days = usages.flatMap(({ lastDay }) => (lastDay === undefined ? [] : [lastDay]));
  return {
    grants: usages.reduce((sum, { grants }) => sum + grants, 0),
    ...(days.length === 0 ? {} : { lastDay: Math.max(...days) }),
  };
};

/** Counts the password grants of each client by day (UTC). Batched, so that no request waits. */
export class PasswordUses {
  readonly #store: PasswordUseStore;
  readonly #clock: Clock;
  readonly #batch: Batch<BoundedMap<string, PasswordUse>>;

  constructor(store: PasswordUseStore, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#batch = new Batch({
      interval: WRITE_INTERVAL_MS,
      begin: () => new BoundedMap<string, PasswordUse>(MAX_PENDING),
      write: (uses) => store.add([...uses.values()]),
      onFailed: (thrown) => logger.info(kindOfError(thrown), 'Some uses of the password grant could not be counted'),
    });
  }

  note({ clientId, organization }: PasswordClient): void {
    const day = dayOf(this.#clock());
    const key = JSON.stringify([clientId, organization, day]);
    this.#batch.change((uses) => {
      uses.set(key, { clientId, organization, day, grants: (uses.get(key)?.grants ?? 0) + 1 });
    });
  }

  /**
   * Reads the uses of the last `PASSWORD_USAGE_DAYS` days, together for all these clients. Writes what is pending
   * first, so that the uses of this gate are included.
   * @throws StoreUnavailableError
   */
  async findFreshUsage(clients: readonly PasswordClient[]): Promise<PasswordUsage> {
    await this.#batch.flush();
    const since: EpochDay = dayOf(this.#clock()) - PASSWORD_USAGE_DAYS + 1;
    return sumOf(await Promise.all(clients.map((client) => this.#store.usageSince(client, since))));
  }

  /** Writes the pending counts, waiting at most two seconds for the store. Later uses are ignored. */
  close(): Promise<void> {
    return this.#batch.close();
  }
}
