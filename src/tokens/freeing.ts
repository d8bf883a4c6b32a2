import { kindOfError, type Logger } from '../events/logger';
import type { Milliseconds } from '../protocol/time';
import { printPrincipal, type GrantOwner } from './principal';
import type { TokenStore } from './token-store';

const MAX_WAITING = 10_000;
const MAX_ATTEMPTS = 5;
const RETRY_AFTER_MS: Milliseconds = 10_000;

interface Waiting {
  readonly owner: GrantOwner;
  attempts: number;
}

/**
 * Frees the memory of grants that a replaced epoch has ended, in the background and one owner at a time. No decision
 * depends on it: what is not freed stays ended, and expires.
 */
export class Freeing {
  readonly #store: Pick<TokenStore, 'freeEnded'>;
  readonly #logger: Logger;
  readonly #waiting = new Map<string, Waiting>();
  #retry: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isClosed = false;

  constructor(store: Pick<TokenStore, 'freeEnded'>, logger: Logger) {
    this.#store = store;
    this.#logger = logger;
  }

  /** Adds an owner whose epoch was replaced. Does nothing if too many owners are waiting, or after `close`. */
  readonly add = (owner: GrantOwner): void => {
    if (this.#isClosed || this.#waiting.size >= MAX_WAITING) return;
    this.#waiting.set(printPrincipal(owner), { owner, attempts: 0 });
    if (!this.#isRunning && this.#retry === undefined) void this.#run();
  };

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#waiting.clear();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (const [name, waiting] of this.#waiting) {
      this.#waiting.delete(name);
      try {
        await this.#store.freeEnded(waiting.owner);
      } catch (thrown) {
        this.#onFailed(name, waiting, thrown);
        break; // the store may be away, so the others wait as well
      }
    }
    this.#isRunning = false;
  }

  #onFailed(name: string, waiting: Waiting, thrown: unknown): void {
    if (this.#isClosed) return;
    waiting.attempts += 1;
    const willRetry = waiting.attempts < MAX_ATTEMPTS;
    this.#logger.warn(
      { ...kindOfError(thrown), willRetry },
      'The memory of revoked tokens could not be freed: they stay revoked, and the memory is freed when they expire',
    );
    if (willRetry && !this.#waiting.has(name)) this.#waiting.set(name, waiting);
    if (this.#waiting.size === 0) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#run();
    }, RETRY_AFTER_MS).unref();
  }
}
