import { Batch } from '../events/batch';
import { BoundedMap } from '../events/bounded-map';
import { kindOfError, type Logger } from '../events/logger';
import type { GrantId } from '../protocol/secrets';
import type { Clock, EpochSeconds } from '../protocol/time';
import type { TokenUse, TokenUseStore } from './token-use-store';

const WRITE_INTERVAL_MS = 60_000;
const MAX_PENDING = 50_000;

/** Records when tokens were last used, to the minute and up to a minute late. Batched, so that no request waits. */
export class TokenUses {
  readonly #store: TokenUseStore;
  readonly #clock: Clock;
  readonly #batch: Batch<BoundedMap<GrantId, TokenUse>>;

  constructor(store: TokenUseStore, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#batch = new Batch({
      interval: WRITE_INTERVAL_MS,
      begin: () => new BoundedMap<GrantId, TokenUse>(MAX_PENDING),
      write: (uses) => store.note([...uses.values()]),
      onFailed: (thrown) => logger.info(kindOfError(thrown), 'The last use of some tokens could not be written'),
    });
  }

  note({ grantId, clientId }: Pick<TokenUse, 'grantId' | 'clientId'>): void {
    const at = Math.floor(this.#clock() / 60) * 60;
    this.#batch.change((uses) => {
      if (uses.get(grantId)?.at !== at) uses.set(grantId, { grantId, clientId, at });
    });
  }

  /** Returns the last uses of grants of one client, including those that are not written yet. */
  async lastOf(clientId: string, grants: readonly GrantId[]): Promise<readonly (EpochSeconds | undefined)[]> {
    const unwritten = grants.map((grantId) => this.#batch.peek((uses) => uses.get(grantId)?.at));
    const written = await this.#store.lastUses(clientId, grants);
    return unwritten.map((pending, index) => {
      const known = written[index];
      // Another gate may have written a later use.
      return pending !== undefined && known !== undefined ? Math.max(pending, known) : (pending ?? known);
    });
  }

  /** Resolves when every use noted so far has been written. Uses that cannot be written are dropped and logged. */
  flush(): Promise<void> {
    return this.#batch.flush();
  }

  /** Writes the pending uses, waiting at most two seconds for the store. Later uses are ignored. */
  close(): Promise<void> {
    return this.#batch.close();
  }
}
