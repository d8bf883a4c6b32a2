import type { Api } from '../options/apis';
import type { Refusals } from './refusals';

/** What guards stand before: an API, or all that the gate guards without one (RFC 9728 §1). */
export interface ProtectedResource {
  /** Its refusals, whose challenges lead to its metadata. */
  readonly refusals: Refusals;
  /** Where it is a declared API: what tokens need beside scope. */
  readonly api?: Pick<Api, 'name' | 'sandbox'>;
  /** Notes the scopes that a guard of it names: its metadata tell them. Guards are made before requests come. */
  note(scopes: readonly string[]): void;
}
