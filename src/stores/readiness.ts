import { ConfigurationError } from '../protocol/errors';
import type { Milliseconds } from '../protocol/time';
import type { Backend } from './backend';

const RETRY_EVERY_MS: Milliseconds = 50;

/** Waits until tokens can be issued and are kept. */
export class Readiness {
  readonly #backend: Pick<Backend, 'check'>;
  #isClosed = false;

  constructor(backend: Pick<Backend, 'check'>) {
    this.#backend = backend;
  }

  /**
   * Resolves as soon as the check of the backend and then `check` succeed, or after `close`.
   * @throws ConfigurationError of `check`
   */
  async wait(check: () => Promise<void>): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#backend.check();
        return await check();
      } catch (error) {
        if (error instanceof ConfigurationError) throw error;
        await new Promise((resolve) => {
          setTimeout(resolve, RETRY_EVERY_MS);
        });
      }
    }
  }

  close(): void {
    this.#isClosed = true;
  }
}
