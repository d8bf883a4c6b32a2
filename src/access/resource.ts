import type { ResourceLimit } from '../quotas/allowance';
import type { Requirement } from './requirement';

/** The access rule of a resource: public, any live token, or one whose scope meets a requirement. */
export type ResourceAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'token' }
  | { readonly kind: 'scopes'; readonly requirement: Requirement };

/** A declared resource: a path template, methods, and what a request requires. */
export interface Resource {
  readonly path: string;
  readonly methods: readonly string[];
  readonly access: ResourceAccess;
  /** The allowance of this resource, besides that of the subscription. */
  readonly limit?: ResourceLimit;
  /** One line for people. */
  readonly summary?: string;
  readonly description?: string;
}
