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

  /** Resolves as soon as the check of the backend succeeds, or after `close`. */
  async wait(): Promise<void> {
    while (!this.#isClosed) {
      try {
        return await this.#backend.check();
      } catch {
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
