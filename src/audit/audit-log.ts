import type { EpochSeconds, Seconds } from '../protocol/time';

/** An entry of the audit, for administrators. Plain data; no field for a token, a secret or a password. */
export interface AuditEntry {
  /** Distinguishes entries of the same instant and is part of a page's cursor: 12 letters, digits, `-` or `_`. */
  readonly id: string;
  readonly at: EpochSeconds;
  /** One word: `sign_in`, `issue`, `revoke`, … */
  readonly action: string;
  /** Full name of the user who acted. Absent if a client or the gate itself acted. */
  readonly actor?: string;
  /** Name of the user, the application or the API that was affected, for display. */
  readonly target?: string;
  readonly clientId?: string;
  /** Source of a refused attempt: an IPv4 address, the /64 of an IPv6 address, or `unknown`. */
  readonly network?: string;
  /** Further details as text, such as scopes or a reason. */
  readonly detail?: string;
  /** Number of identical facts within a second or two. Absent if there was only one. */
  readonly count?: number;
}

/** An entry before it is recorded. The recorder adds id, time and count, and the organization if the fact has none. */
export interface AuditFact extends Omit<AuditEntry, 'id' | 'at' | 'count'> {
  readonly organization?: string;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly AuditEntry[];
  /** Cursor of the next page. Absent on the last page. */
  readonly next?: string;
}

/** Maximum number of entries kept per organization and part (`AUDIT_PARTS`). */
export const MAX_AUDIT_ENTRIES = 10_000;
/** Limit on these entries per actor: a user, a client, or a network from which sign-ins fail. */
export interface ActorLimit {
  /** Above it, the oldest entries of the actor are dropped. `Infinity`: only `MAX_AUDIT_ENTRIES` applies. */
  readonly maxPerActor: number;
  /** Called when entries were dropped because of this limit. */
  readonly onReached: () => void;
}

export const AUDIT_RETENTION: Seconds = 30 * 86_400;

/**
 * The audit, separate for each organization (`undefined` if there are no organizations). It holds the last 30 days, and
 * for each part (`AUDIT_PARTS`) at most the last 10,000 entries, and of each actor as many as its limit. Every method
 * rejects with `StoreUnavailableError` if the store cannot be reached or fails.
 */
export interface AuditLog {
  append(organization: string | undefined, entries: readonly AuditEntry[]): Promise<void>;

  /**
   * Returns entries older than a cursor, newest first. A missing or malformed cursor starts at the newest entry.
   * @param limit 1 to 500
   */
  list(
    organization: string | undefined,
    page: { readonly before?: string; readonly limit: number },
  ): Promise<AuditPage>;
}
