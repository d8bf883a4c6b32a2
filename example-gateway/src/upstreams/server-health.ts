/** A server is ejected after this number of failed connections in a row. */
const MAX_FAILURES = 3;

/** Milliseconds of the first ejection; each trial that fails doubles them. */
export const MIN_EJECTION = 1_000;
export const MAX_EJECTION = 30_000;

/** The effect of a result on the state of a server. */
export type HealthChange = 'ejected' | 'returned' | undefined;

/**
 * The state of one server of a group. A server whose connections fail is ejected for some time. Then one request is
 * the trial: its result ends the ejection or begins a longer one. All times are from one monotonic clock.
 */
export class ServerHealth {
  readonly #trialTimeout: number;
  #failures = 0;
  /** Milliseconds of the present ejection; 0 while the server is not ejected. */
  #ejection = 0;
  #ejectedUntil = 0;
  /** The kind of the request whose result is awaited; results of earlier requests say nothing about an ejected server. */
  #awaited: 'trial' | 'forced' | undefined;

  /** @param trialTimeout milliseconds after which a trial without a result is followed by another one, 30 seconds at most */
  constructor(trialTimeout: number) {
    this.#trialTimeout = Math.min(trialTimeout, MAX_EJECTION);
  }

  get isEjected(): boolean {
    return this.#ejection > 0;
  }

  get ejectedUntil(): number {
    return this.#ejectedUntil;
  }

  /** Checks whether the server may take its turn: it is not ejected, or its trial is due. */
  hasTurn(now: number): boolean {
    return !this.isEjected || now >= this.#ejectedUntil;
  }

  /**
   * Checks whether the server may take its turn for a request that is lost if it fails: the trial is left to a request
   * that can be repeated, unless none has come for as long as the ejection took.
   */
  hasSafeTurn(now: number): boolean {
    return !this.isEjected || now >= this.#ejectedUntil + this.#ejection;
  }

  /** Called when a request is sent to the server. */
  onChosen(now: number): void {
    if (!this.isEjected) return;
    const isTrial = now >= this.#ejectedUntil;
    if (isTrial) this.#ejectedUntil = now + Math.max(this.#ejection, this.#trialTimeout);
    if (isTrial || this.#awaited === undefined) this.#awaited = isTrial ? 'trial' : 'forced';
  }

  onResponse(): HealthChange {
    this.#failures = 0;
    if (this.#awaited === undefined) return undefined;
    this.#awaited = undefined;
    this.#ejection = 0;
    return 'returned';
  }

  onConnectionFailure(now: number): HealthChange {
    this.#failures += 1;
    if (this.isEjected) this.#extend(now);
    if (this.isEjected || this.#failures < MAX_FAILURES) return undefined;
    this.#ejection = MIN_EJECTION;
    this.#ejectedUntil = now + MIN_EJECTION;
    return 'ejected';
  }

  #extend(now: number): void {
    if (this.#awaited === undefined) return;
    if (this.#awaited === 'trial') this.#ejection = Math.min(2 * this.#ejection, MAX_EJECTION);
    this.#awaited = undefined;
    this.#ejectedUntil = now + this.#ejection;
  }
}
