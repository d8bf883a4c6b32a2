/** Counts rejections and exceptions that nothing handles, in this process. */
export class UnhandledCount {
  count = 0;
  readonly #note = (): void => {
    this.count += 1;
  };

  constructor() {
    process.on('unhandledRejection', this.#note);
    process.on('uncaughtExceptionMonitor', this.#note);
  }

  close(): void {
    process.off('unhandledRejection', this.#note);
    process.off('uncaughtExceptionMonitor', this.#note);
  }
}
