import type { EpochSeconds, Seconds } from '../protocol/time';

/** Something that an administrator may want to know later. Plain data; no field for a token, a secret or a password. */
export interface AuditEntry {
  /** Tells entries of one instant apart, and is part of a page's cursor: 12 letters, digits, `-` or `_`. */
  readonly id: string;
  readonly at: EpochSeconds;
  /** One word: `sign_in`, `issue`, `revoke`, … */
  readonly action: string;
  /** The acting user's full name. Absent if a client or the gate itself acted. */
  readonly actor?: string;
  /** Whom or what it was done to, in words for people: a user, an application, an API. */
  readonly target?: string;
  readonly clientId?: string;
  /** Where a refused attempt came from: an IPv4 address, the /64 of an IPv6 address, or `unknown`. */
  readonly network?: string;
  /** More of it in words: scopes, a reason. */
  readonly detail?: string;
  /** How often the same happened within a second or two. Left out: once. */
  readonly count?: number;
}

/** An entry without its time. The recorder adds that, and the organization if the fact does not name it. */
export interface AuditFact extends Omit<AuditEntry, 'id' | 'at' | 'count'> {
  readonly organization?: string;
}

export interface AuditPage {
  /** The newest first. */
  readonly entries: readonly AuditEntry[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

/** How many entries are kept of each organization and part (`AUDIT_PARTS`). */
export const MAX_AUDIT_ENTRIES = 10_000;
/** How many of them one actor may fill: a user, a client, or a network whose sign-ins fail. */
export const MAX_ENTRIES_PER_ACTOR = 1_000;
export const AUDIT_KEPT_FOR: Seconds = 30 * 86_400;

/**
 * The audit, separate for each organization (`undefined`: if there are none). Of each organization it holds 30 days, and of
 * each part the last 10,000 entries and the last 1,000 of each actor. Every verb rejects with `StoreUnavailableError` when the
 * store cannot be asked or fails.
 */
export interface AuditLog {
  append(organization: string | undefined, entries: readonly AuditEntry[]): Promise<void>;

  /**
   * Entries before a cursor, the newest first. A text that is no cursor of a page is taken for none.
   * @param limit 1 to 500
   */
  list(
    organization: string | undefined,
    page: { readonly before?: string; readonly limit: number },
  ): Promise<AuditPage>;
}
