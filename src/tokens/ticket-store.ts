import type { Digest, GrantId } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';

/** A ticket for one WebSocket handshake, which stands for an access token. Plain data, never changed. */
export interface Ticket {
  readonly grantId: GrantId;
  /** Digest of the access token. */
  readonly token: Digest;
  readonly expiresAt: EpochSeconds;
}

/** `limited`: as many tickets as allowed were issued for the grant; nothing was stored. */
export type TicketSaved = 'stored' | 'limited';

/**
 * Stores tickets, each under the digest of its text. Every method is atomic, and rejects with `StoreUnavailableError` if
 * the store cannot be reached or fails.
 */
export interface TicketStore {
  /**
   * Stores a ticket that has not expired.
   * @param max number of tickets of the grant in a window, which begins with the first and lasts until that expires
   */
  save(digest: Digest, ticket: Ticket, max: number): Promise<TicketSaved>;

  /** Removes a ticket and returns it; never an expired one. Only one of several concurrent calls gets it. */
  take(grantId: GrantId, digest: Digest): Promise<Ticket | undefined>;
}
