import { after } from '../time/waiting';

/** Something that is done again and again until the fault ends. */
export class Repeated {
  readonly #act: () => Promise<unknown> | void;
  readonly #everyMs: number;
  #isWanted = false;
  #finished: Promise<void> = Promise.resolve();

  constructor(everyMs: number, act: () => Promise<unknown> | void) {
    this.#everyMs = everyMs;
    this.#act = act;
  }

  begin(): void {
    this.#isWanted = true;
    this.#finished = this.#run();
  }

  /** Resolves when the last time has ended. */
  async end(): Promise<void> {
    this.#isWanted = false;
    await this.#finished;
  }

  async #run(): Promise<void> {
    while (this.#isWanted) {
      await this.#act();
      await after(this.#everyMs);
    }
  }
}
