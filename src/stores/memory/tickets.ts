import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../protocol/entry-limit';
import type { Digest, GrantId } from '../../protocol/secrets';
import type { Clock, EpochSeconds } from '../../protocol/time';
import type { Ticket, TicketSaved, TicketStore } from '../../tokens/ticket-store';

/** Tickets that are held, and grants whose tickets are counted. */
const MAX_TICKETS = 100_000;

/** The number of tickets that were issued for a grant since its window began. */
interface Window {
  readonly expiresAt: EpochSeconds;
  count: number;
}

/**
 * Tickets in the memory of this process. At the maximum, the oldest one makes room: a ticket is used just after it was
 * issued, so that other clients can still use theirs if one requests very many.
 */
export class MemoryTicketStore implements TicketStore {
  // Only read by `peek`, so that both are in the order in which their entries expire: tickets have the same lifetime.
  readonly #held: LRUCache<Digest, Ticket>;
  readonly #windows: LRUCache<GrantId, Window>;
  readonly #clock: Clock;

  constructor(clock: Clock, maxTickets = MAX_TICKETS) {
    this.#clock = clock;
    this.#held = new LRUCache(entryLimit(maxTickets));
    this.#windows = new LRUCache(entryLimit(maxTickets));
  }

  async save(digest: Digest, ticket: Ticket, max: number): Promise<TicketSaved> {
    this.#dropExpired(this.#held);
    const window = this.#windowOf(ticket);
    if (window.count >= max) return 'limited';
    window.count += 1;
    this.#held.set(digest, ticket);
    return 'stored';
  }

  async take(grantId: GrantId, digest: Digest): Promise<Ticket | undefined> {
    const ticket = this.#held.peek(digest);
    if (ticket?.grantId !== grantId) return undefined;
    this.#held.delete(digest);
    return ticket.expiresAt > this.#clock() ? ticket : undefined;
  }

  #windowOf({ grantId, expiresAt }: Ticket): Window {
    this.#dropExpired(this.#windows);
    const window = this.#windows.peek(grantId);
    if (window !== undefined && window.expiresAt > this.#clock()) return window;
    const next = { expiresAt, count: 0 };
    this.#windows.set(grantId, next);
    return next;
  }

  #dropExpired<K extends string, V extends { readonly expiresAt: EpochSeconds }>(entries: LRUCache<K, V>): void {
    const now = this.#clock();
    const oldest = () => entries.rvalues().next().value;
    for (let entry = oldest(); entry !== undefined && entry.expiresAt <= now; entry = oldest()) entries.pop();
  }
}
