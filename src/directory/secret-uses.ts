import { kindOfError, type Logger } from '../events/logger';
import type { EpochSeconds } from '../protocol/time';
import type { Directory } from './directory';
import { withSecrets } from './key-pairs';
import type { Application, Client, ClientSecret } from './records';

const FLUSH_EVERY_MS = 60_000;

/** When secrets were last used, to the minute; written in batches, so that a sign-in costs no write of its own. */
export class SecretUses {
  readonly #directory: Directory;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #pending = new Map<string, Map<string, EpochSeconds>>();

  constructor(directory: Directory, logger: Logger) {
    this.#directory = directory;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS).unref();
  }

  note({ application, clientId }: Client, { id }: ClientSecret): void {
    if (this.#directory.clients.isDeclared(clientId)) return;
    const uses = this.#pending.get(application.id) ?? new Map<string, EpochSeconds>();
    uses.set(id, Math.floor(this.#directory.clock() / 60) * 60);
    this.#pending.set(application.id, uses);
  }

  /** Writes what has been noted. What cannot be written is dropped: it is a convenience, and the next use is noted again. */
  async flush(): Promise<void> {
    const pending = this.#pending;
    this.#pending = new Map();
    for (const [applicationId, uses] of pending) {
      try {
        await this.#directory.applications.change(applicationId, (application) => withUses(application, uses));
      } catch (error) {
        this.#logger.info(kindOfError(error), 'The last use of some client secrets could not be written');
      }
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

const withUses = (application: Application, uses: ReadonlyMap<string, EpochSeconds>): Application => {
  const used = (secret: ClientSecret): readonly ClientSecret[] => {
    const at = uses.get(secret.id);
    return at === undefined || at <= (secret.lastUsedAt ?? 0) ? [secret] : [{ ...secret, lastUsedAt: at }];
  };
  return { ...application, keys: withSecrets(application.keys, used) };
};
