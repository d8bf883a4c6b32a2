import type { EpochSeconds, Seconds } from '../protocol/time';
import type { Environment } from '../tokens/records';

/** Why a guard refused a request of a known client: names that the options declare, and no text of the request. */
export interface RefusalFacts {
  readonly status: number;
  /** As in `deny` events. */
  readonly reason: string;
  readonly environment: Environment;
  /** Name of the API; empty for routes outside of APIs. */
  readonly api: string;
  /** Path template of the resource as declared; empty for a route of the host application. */
  readonly resource: string;
  /** `OTHER` for a method that is not in RFC 9110 or RFC 5789. */
  readonly method: string;
  /** Scopes of the rule that the token does not have, if that is the reason. */
  readonly missing: readonly string[];
  /** Name of the plan that is used up; empty if it is not the reason. */
  readonly plan: string;
}

/** Equal refusals, and how many there were. */
export interface RecentRefusal extends RefusalFacts {
  readonly count: number;
  /** The last one. */
  readonly at: EpochSeconds;
}

/** Number of different refusals that are kept for an application. */
export const MAX_RECENT_REFUSALS = 20;

/** Time for which refusals are kept after the last one. */
export const REFUSALS_KEPT_FOR: Seconds = 7 * 86_400;

/**
 * Stores the last refusals of each application. For display only. Every method rejects with `StoreUnavailableError` if
 * the store cannot be reached or fails.
 */
export interface RefusalStore {
  /** Adds refusals, equal ones to each other. Above `MAX_RECENT_REFUSALS`, those with the oldest last one are dropped. */
  note(application: string, refusals: readonly RecentRefusal[]): Promise<void>;

  /** Returns the refusals of an application, the most recent first. */
  list(application: string): Promise<readonly RecentRefusal[]>;
}
