import type { Milliseconds } from '../protocol/time';
import type { UsageClient } from './pending-usage';
import { outcomeOfRefusal, outcomeOfStatus, type Outcome } from './tally';

/** The part of an HTTP response that is read when it ends. */
export interface FollowedResponse {
  readonly statusCode: number;
  readonly headersSent: boolean;
  getHeader(name: string): unknown;
  getMaxListeners(): number;
  setMaxListeners(count: number): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** A request that a guard has let through, and whose response has not ended. */
interface FollowedRequest {
  readonly client: UsageClient;
  api: string;
  /** The status with which a later guard refused it. */
  refusedWith: number | undefined;
  /** By a monotonic clock. */
  readonly began: Milliseconds;
}

type Marked = FollowedResponse & { [key: symbol]: FollowedRequest | undefined };

/**
 * Called when a response has ended. `duration` is absent if it says nothing about the speed of the API. No object,
 * because it is called for every request.
 */
export type OnEnded = (client: UsageClient, api: string, outcome: Outcome, duration?: Milliseconds) => void;

/** An event stream ends when its client leaves. Headers are only read of responses that took at least this long. */
const MIN_STREAM_MS: Milliseconds = 1_000;

const isStream = (response: FollowedResponse, duration: Milliseconds): boolean =>
  duration >= MIN_STREAM_MS && String(response.getHeader('content-type')).startsWith('text/event-stream');

const outcomeOf = ({ refusedWith }: FollowedRequest, { headersSent, statusCode }: FollowedResponse): Outcome => {
  if (refusedWith !== undefined) return outcomeOfRefusal(refusedWith);
  return headersSent ? outcomeOfStatus(statusCode) : 'cancelled';
};

/** Follows requests from the decision of a guard to the end of their responses. */
export class FollowedRequests {
  readonly #onEnded: OnEnded;
  /** The property of a response under which it is followed: a WeakMap costs more than everything else here. */
  readonly #key = Symbol('scopegate.followed');

  constructor(onEnded: OnEnded) {
    this.#onEnded = onEnded;
  }

  /** Follows a request until its response ends. A second guard of the same request only names its API. */
  follow(response: FollowedResponse, client: UsageClient, api: string): void {
    const known = this.#find(response);
    if (known !== undefined) {
      if (api !== '') known.api = api;
      return;
    }
    const followed: FollowedRequest = { client, api, refusedWith: undefined, began: performance.now() };
    (response as Marked)[this.#key] = followed;
    // Node warns above ten listeners, and the listeners of the host application count as well.
    response.setMaxListeners(response.getMaxListeners() + 1);
    response.on('close', () => this.#end(followed, response));
  }

  /** @returns true if the request is followed, and so is counted as refused when its response ends */
  refuse(response: FollowedResponse, status: number): boolean {
    const followed = this.#find(response);
    if (followed !== undefined) followed.refusedWith = status;
    return followed !== undefined;
  }

  #find(response: FollowedResponse): FollowedRequest | undefined {
    return (response as Marked)[this.#key];
  }

  #end(followed: FollowedRequest, response: FollowedResponse): void {
    const { client, api, refusedWith, began } = followed;
    const duration = performance.now() - began;
    const outcome = outcomeOf(followed, response);
    const isMeasured = refusedWith === undefined && outcome !== 'cancelled' && response.statusCode !== 101;
    this.#onEnded(client, api, outcome, isMeasured && !isStream(response, duration) ? duration : undefined);
  }
}
