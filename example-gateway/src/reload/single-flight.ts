/** Runs a task once at a time. Calls during a run share one further run, which begins after it. */
export class SingleFlight<T> {
  readonly #task: () => Promise<T>;
  #running: Promise<T> | undefined;
  #waiting: Promise<T> | undefined;

  constructor(task: () => Promise<T>) {
    this.#task = task;
  }

  run(): Promise<T> {
    if (this.#running === undefined) return this.#start();
    this.#waiting ??= this.#afterRun(this.#running);
    return this.#waiting;
  }

  /** Resolves when nothing runs. */
  async settle(): Promise<void> {
    while (this.#running !== undefined) await this.#running.catch(() => undefined);
  }

  #start(): Promise<T> {
    const running = this.#task().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #afterRun(running: Promise<T>): Promise<T> {
    await running.catch(() => undefined);
    this.#waiting = undefined;
    return this.#start();
  }
}
