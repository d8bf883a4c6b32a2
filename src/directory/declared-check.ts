import { ConfigurationError } from '../protocol/errors';
import type { Milliseconds } from '../protocol/time';

const RETRY_AFTER_MS: Milliseconds = 1_000;

/** Compares the declarations with the store in the background, again until the store could be read. */
export class DeclaredCheck {
  readonly #check: () => Promise<void>;
  #retry: NodeJS.Timeout | undefined;
  #isBegun = false;
  #isClosed = false;

  /** @param check rejects with ConfigurationError if the declarations are refused; that is logged, and not repeated */
  constructor(check: () => Promise<void>) {
    this.#check = check;
  }

  /** Does nothing if it has been called before. */
  begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    void this.#run();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
  }

  async #run(): Promise<void> {
    try {
      await this.#check();
    } catch (error) {
      if (this.#isClosed || error instanceof ConfigurationError) return;
      this.#retry = setTimeout(() => void this.#run(), RETRY_AFTER_MS).unref();
    }
  }
}
