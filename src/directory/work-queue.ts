import type { LimitName } from '../events/gate-events';
import type { PasswordQueueLoad } from '../events/readings';
import type { Milliseconds } from '../protocol/time';
import { HeldShares, type Share } from '../throttle/held-shares';
import { NoRoomError, OverloadError } from '../throttle/overload';
import type { Place } from '../throttle/place';
import { FairOrder } from './fair-order';
import { RefusalSpacer } from './refusal-spacer';
import { sharesOf, type Requester } from './requester';

export interface WorkQueueOptions {
  /** Maximum number of concurrent jobs. */
  readonly concurrency: number;
  /** Maximum number of waiting requests. */
  readonly queue: number;
  /** Maximum wait of a job. */
  readonly queueDeadline: Milliseconds;
  /** Called with the wait of each job that begins. @default none, and no clock is read for it */
  readonly onWaited?: ((wait: Milliseconds) => void) | undefined;
}

/** The place of one request in the queue. */
export interface WorkPlace extends Place {
  /**
   * Runs a job in its turn. Takes the place first if it is not taken; the job that runs does not hold it.
   * @throws OAuthError `temporarily_unavailable` if there is no room or the wait was too long
   */
  run<T>(job: () => Promise<T>): Promise<T>;
}

/** The turn of a job. */
interface Turn {
  begin(): void;
}

/** Called for each request that is refused because a limit is reached or its wait was too long. */
export type OnRefused = (limit: LimitName, requester: Requester) => void;

/** 200 refusals per second, each sent within the second that `Retry-After` announces. */
const REFUSALS = { spacing: 5, maxWait: 1_000, maxWaiting: 1_000 };

/**
 * Runs a few heavy jobs concurrently and lets a bounded number of requests wait for a bounded time. Requests that wait
 * take turns, and each account, client and network holds a share of the places only, so a flood of sign-ins neither
 * grows without limit nor blocks the sign-ins of others.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #onRefused: OnRefused;
  readonly #order = new FairOrder<Turn>();
  readonly #held = new HeldShares();
  readonly #refusals = new RefusalSpacer(REFUSALS);
  #queued = 0;
  #running = 0;

  constructor(options: WorkQueueOptions, onRefused: OnRefused = () => undefined) {
    this.#options = options;
    this.#onRefused = onRefused;
  }

  get load(): PasswordQueueLoad {
    return { waiting: this.#queued, running: this.#running, capacity: this.#options.queue };
  }

  /**
   * Serves a request with a place of its own, which is released when the request ends. The request takes the place
   * before it does anything that costs something. Refusals of a flood are spaced evenly.
   * @throws OAuthError `temporarily_unavailable` if there is no room
   */
  async admit<T>(requester: Requester, serve: (place: WorkPlace) => Promise<T>): Promise<T> {
    const place = this.#placeFor(requester);
    try {
      return await serve(place);
    } catch (thrown) {
      if (thrown instanceof OverloadError) this.#onRefused(thrown.limit, requester);
      if (thrown instanceof NoRoomError) await this.#refusals.wait();
      throw thrown;
    } finally {
      place.leave();
    }
  }

  #placeFor(requester: Requester): WorkPlace {
    const shares = sharesOf(requester, this.#options.queue);
    let isTaken = false;
    const take = (): void => {
      if (isTaken) return;
      const limit = this.#limitReachedBy(shares);
      if (limit !== undefined) throw new NoRoomError(limit);
      isTaken = true;
      this.#queued += 1;
      this.#held.take(shares);
    };
    const leave = (): void => {
      if (!isTaken) return;
      isTaken = false;
      this.#queued -= 1;
      this.#held.release(shares);
    };
    return {
      hasRoom: () => isTaken || this.#limitReachedBy(shares) === undefined,
      take,
      leave,
      run: async (job) => {
        take();
        const turn = await this.#begin(requester, leave);
        try {
          return await job();
        } finally {
          this.#end(turn);
        }
      },
    };
  }

  #limitReachedBy(shares: readonly Share[]): LimitName | undefined {
    const { concurrency, queue } = this.#options;
    const present = this.#queued + this.#running;
    if (present < concurrency) return undefined; // a job can run immediately, so this one takes no other's turn
    if (present >= concurrency + queue) return 'passwordWork';
    return this.#held.firstFull(shares)?.limit;
  }

  /** Waits until the job may run. */
  #begin(requester: Requester, leave: () => void): Promise<Turn> {
    const { queueDeadline, onWaited } = this.#options;
    const since = onWaited && performance.now();
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#order.remove(turn);
        leave();
        reject(new OverloadError('passwordWorkDeadline', 'queue deadline'));
      };
      const timer = setTimeout(giveUp, queueDeadline);
      const turn: Turn = {
        begin: () => {
          clearTimeout(timer);
          if (since !== undefined) onWaited?.(performance.now() - since);
          leave();
          resolve(turn);
        },
      };
      this.#order.add(requester, turn);
      this.#beginNext();
    });
  }

  #end(turn: Turn): void {
    this.#order.end(turn);
    this.#running -= 1;
    this.#beginNext();
  }

  #beginNext(): void {
    if (this.#running >= this.#options.concurrency) return;
    const turn = this.#order.next();
    if (turn === undefined) return;
    this.#running += 1;
    turn.begin();
  }
}
