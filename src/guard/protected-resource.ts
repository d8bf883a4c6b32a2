import type { Api } from '../options/apis';
import type { Refusals } from './refusals';

/** A protected resource (RFC 9728 §1): an API, or everything that the gate guards outside of APIs. */
export interface ProtectedResource {
  /** Its refusals, whose challenges lead to its metadata. */
  readonly refusals: Refusals;
  /** Where it is a declared API: what tokens need beside scope. */
  readonly api?: Pick<Api, 'name' | 'sandbox'>;
  /** Notes the scopes that a guard of it names: its metadata tell them. Guards are made before requests come. */
  note(scopes: readonly string[]): void;
}
