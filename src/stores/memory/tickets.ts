import { StoreUnavailableError } from '../../protocol/errors';
import type { Digest, GrantId } from '../../protocol/secrets';
import type { Clock, EpochSeconds } from '../../protocol/time';
import type { Ticket, TicketSaved, TicketStore } from '../../tokens/ticket-store';

const MAX_TICKETS = 100_000;

/** The tickets that a grant has got since its window began. */
interface Window {
  readonly endsAt: EpochSeconds;
  count: number;
}

/** Tickets in the memory of this process. */
export class MemoryTicketStore implements TicketStore {
  readonly #held = new Map<Digest, Ticket>();
  readonly #windows = new Map<GrantId, Window>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async save(digest: Digest, ticket: Ticket, max: number): Promise<TicketSaved> {
    const now = this.#clock();
    if (this.#held.size >= MAX_TICKETS || this.#windows.size >= MAX_TICKETS) this.#sweep(now);
    if (this.#held.size >= MAX_TICKETS || this.#windows.size >= MAX_TICKETS) throw new StoreUnavailableError('full');
    const window = this.#windowOf(ticket, now);
    if (window.count >= max) return 'limited';
    window.count += 1;
    this.#held.set(digest, ticket);
    return 'stored';
  }

  async take(grantId: GrantId, digest: Digest): Promise<Ticket | undefined> {
    const ticket = this.#held.get(digest);
    if (ticket?.grantId !== grantId) return undefined;
    this.#held.delete(digest);
    return ticket.expiresAt > this.#clock() ? ticket : undefined;
  }

  #windowOf({ grantId, expiresAt }: Ticket, now: EpochSeconds): Window {
    const window = this.#windows.get(grantId);
    if (window !== undefined && window.endsAt > now) return window;
    const next = { endsAt: expiresAt, count: 0 };
    this.#windows.set(grantId, next);
    return next;
  }

  #sweep(now: EpochSeconds): void {
    for (const [digest, { expiresAt }] of this.#held) if (expiresAt <= now) this.#held.delete(digest);
    for (const [grantId, { endsAt }] of this.#windows) if (endsAt <= now) this.#windows.delete(grantId);
  }
}
