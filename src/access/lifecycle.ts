import type { Deprecation } from '../protocol/deprecation';

/**
 * State of an API, as its operator declares it.
 * - `published`: anyone may subscribe.
 * - `deprecated`: existing subscriptions work; the portal accepts no new ones.
 * - `retired`: its guards refuse every request with 410.
 */
export const API_STATUSES = ['published', 'deprecated', 'retired'] as const;

export type ApiStatus = (typeof API_STATUSES)[number];

/** The state of an API, and the dates that its responses announce (RFC 9745, RFC 8594). No date changes the state. */
export interface Lifecycle extends Deprecation {
  readonly status: ApiStatus;
}

export const PUBLISHED: Lifecycle = Object.freeze({ status: 'published' });
