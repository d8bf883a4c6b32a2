import type { Api } from '../access/api';
import type { PlanCounters } from './plan-counters';
import type { Refusals } from './refusals';

/** A protected resource (RFC 9728 §1): an API, or everything that the gate guards outside of APIs. */
export interface ProtectedResource {
  /** The resource identifier, which is the audience of tokens for it alone (RFC 8707 §2, RFC 9728 §1.2). */
  readonly identifier: string;
  /** Refusals, whose challenges point to the metadata of this resource. */
  readonly refusals: Refusals;
  /** Set for a declared API: the conditions that tokens must meet besides scope. */
  readonly api?: Pick<Api, 'name' | 'context' | 'sandbox' | 'websocket' | 'lifecycle'>;
  /** Set for an API that has plans: they count the requests of its subscribers. */
  readonly plans?: PlanCounters;
  /** Records the scopes that a guard names, for the metadata. Guards are created before requests arrive. */
  note(scopes: readonly string[]): void;
}
