import { Batch } from '../events/batch';
import { BoundedMap } from '../events/bounded-map';
import { kindOfError, type Logger } from '../events/logger';
import type { EpochSeconds } from '../protocol/time';
import type { Directory } from '../directory/directory';
import { withSecrets } from '../directory/key-pairs';
import type { Application, Client, ClientSecret } from '../directory/records';

const WRITE_INTERVAL_MS = 60_000;
const MAX_PENDING = 10_000;

interface SecretUse {
  readonly applicationId: string;
  readonly secretId: string;
  readonly at: EpochSeconds;
}

/** Records when secrets were last used, to the minute. Batched, so that no authentication needs a write of its own. */
export class SecretUses {
  readonly #directory: Directory;
  readonly #logger: Logger;
  readonly #batch: Batch<BoundedMap<string, SecretUse>>;

  constructor(directory: Directory, logger: Logger) {
    this.#directory = directory;
    this.#logger = logger;
    this.#batch = new Batch({
      interval: WRITE_INTERVAL_MS,
      begin: () => new BoundedMap<string, SecretUse>(MAX_PENDING),
      write: (uses) => this.#write([...uses.values()]),
      onFailed: (thrown) => this.#logLost(thrown),
    });
  }

  note({ application: { id: applicationId }, clientId }: Client, { id: secretId }: ClientSecret): void {
    if (this.#directory.clients.isDeclared(clientId)) return;
    const at = Math.floor(this.#directory.clock() / 60) * 60;
    this.#batch.change((uses) => uses.set(`${applicationId} ${secretId}`, { applicationId, secretId, at }));
  }

  /** Resolves when every use noted so far has been written. Uses that cannot be written are dropped and logged. */
  flush(): Promise<void> {
    return this.#batch.flush();
  }

  /** Writes the pending uses, waiting at most two seconds for the store. Later uses are ignored. */
  close(): Promise<void> {
    return this.#batch.close();
  }

  async #write(uses: readonly SecretUse[]): Promise<void> {
    const byApplication = new Map<string, Map<string, EpochSeconds>>();
    for (const { applicationId, secretId, at } of uses) {
      const ofApplication = byApplication.get(applicationId) ?? new Map<string, EpochSeconds>();
      byApplication.set(applicationId, ofApplication.set(secretId, at));
    }
    for (const [applicationId, ofApplication] of byApplication) {
      try {
        await this.#directory.applications.change(applicationId, (known) => withUses(known, ofApplication));
      } catch (error) {
        this.#logLost(error);
      }
    }
  }

  #logLost(cause: unknown): void {
    this.#logger.info(kindOfError(cause), 'The last use of some client secrets could not be written');
  }
}

const withUses = (application: Application, uses: ReadonlyMap<string, EpochSeconds>): Application => {
  const used = (secret: ClientSecret): readonly ClientSecret[] => {
    const at = uses.get(secret.id);
    return at === undefined || at <= (secret.lastUsedAt ?? 0) ? [secret] : [{ ...secret, lastUsedAt: at }];
  };
  return { ...application, keys: withSecrets(application.keys, used) };
};
