/** A deadline that is often moved and seldom reached. Moving it sets no timer, unless the new one is earlier. */
export class Deadline {
  readonly #onReached: () => void;
  #due = Infinity;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer ends. */
  #timerDue = 0;

  /** @param onReached called at the deadline, never early */
  constructor(onReached: () => void) {
    this.#onReached = onReached;
  }

  /** Sets the deadline to a number of milliseconds from now. */
  set(milliseconds: number): void {
    this.#due = performance.now() + milliseconds;
    if (this.#timer !== undefined && this.#due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#start(milliseconds);
  }

  /** Removes the deadline for now. */
  suspend(): void {
    this.#due = Infinity;
  }

  /** Removes the deadline and its timer. */
  clear(): void {
    this.#due = Infinity;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #start(milliseconds: number): void {
    this.#timerDue = performance.now() + milliseconds;
    this.#timer = setTimeout(() => this.#check(), milliseconds);
  }

  #check(): void {
    this.#timer = undefined;
    if (this.#due === Infinity) return;
    const left = this.#due - performance.now();
    if (left > 0) this.#start(Math.ceil(left));
    else this.#confirm(this.#due);
  }

  /** After the process was busy, timers run before what has arrived meanwhile is read, which may move the deadline. */
  #confirm(due: number): void {
    setImmediate(() => {
      if (this.#due === due) this.#onReached();
    });
  }
}
