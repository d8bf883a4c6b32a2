import { kindOfError, type Logger } from '../events/logger';
import type { GrantId } from '../protocol/secrets';
import type { Clock, EpochSeconds } from '../protocol/time';
import type { TokenUse, TokenUseStore } from './token-use-store';

const FLUSH_EVERY_MS = 60_000;
const MOST_PENDING = 50_000;

/** When tokens were last used, to the minute and up to a minute late; written in batches, so that no request waits. */
export class TokenUses {
  readonly #store: TokenUseStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #pending = new Map<GrantId, TokenUse>();

  constructor(store: TokenUseStore, clock: Clock, logger: Logger) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS).unref();
  }

  note({ grantId, clientId }: Pick<TokenUse, 'grantId' | 'clientId'>): void {
    const at = Math.floor(this.#clock() / 60) * 60;
    if (this.#pending.get(grantId)?.at === at || this.#pending.size >= MOST_PENDING) return;
    this.#pending.set(grantId, { grantId, clientId, at });
  }

  /** The last uses of grants of one client, what is not written yet among them. */
  async lastOf(clientId: string, grants: readonly GrantId[]): Promise<readonly (EpochSeconds | undefined)[]> {
    const written = await this.#store.lastUses(clientId, grants);
    return grants.map((grantId, index) => {
      const [pending, known] = [this.#pending.get(grantId)?.at, written[index]];
      // Another gate may have written a later one.
      return pending !== undefined && known !== undefined ? Math.max(pending, known) : (pending ?? known);
    });
  }

  /** Writes what has been noted. What cannot be written is dropped: the next use is noted again. */
  async flush(): Promise<void> {
    const uses = [...this.#pending.values()];
    if (uses.length === 0) return;
    this.#pending = new Map();
    try {
      await this.#store.note(uses);
    } catch (error) {
      this.#logger.info(kindOfError(error), 'The last use of some tokens could not be written');
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
