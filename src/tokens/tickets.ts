import { OAuthError } from '../protocol/errors';
import { mintTicket, readTicket } from '../protocol/secrets';
import type { Clock, Seconds } from '../protocol/time';
import type { AccessTokenRecord } from './records';
import type { Ticket, TicketStore } from './ticket-store';
import type { TokenLookup } from './token-lookup';

/** Lifetime of a ticket: a script requests one just before it opens a WebSocket. */
export const TICKET_LIFETIME: Seconds = 30;

/** Tickets that are issued for a grant within the lifetime of the first, so that no client can fill the store. */
const MAX_TICKETS_OF_GRANT = 100;

const tooManyTickets = (): OAuthError =>
  new OAuthError(
    'invalid_request',
    `At most ${MAX_TICKETS_OF_GRANT} tickets are issued for a grant within ${TICKET_LIFETIME} seconds. Try again later.`,
    { status: 429, headers: { 'Retry-After': String(TICKET_LIFETIME) } },
  );

export interface TicketServices {
  readonly store: TicketStore;
  readonly tokens: Pick<TokenLookup, 'findFreshRecord'>;
  readonly clock: Clock;
}

/**
 * Issues and redeems one-time tickets for WebSocket handshakes. A URL is logged and stored in many places, so it must not
 * contain an access token; a ticket in it is worthless after its first use, and after 30 seconds.
 */
export class Tickets {
  readonly #services: TicketServices;
  /** The tickets that were spent for a handshake, which may pass several guards. */
  readonly #spent = new WeakMap<object, { readonly text: string; readonly ticket: Ticket }>();

  constructor(services: TicketServices) {
    this.#services = services;
  }

  /** @throws OAuthError `invalid_request` (429) if too many were issued for the grant */
  async issue({ grantId, digest }: AccessTokenRecord): Promise<string> {
    const ticket = mintTicket(grantId);
    const expiresAt = this.#services.clock() + TICKET_LIFETIME;
    const terms = { grantId, token: digest, expiresAt };
    const saved = await this.#services.store.save(ticket.digest, terms, MAX_TICKETS_OF_GRANT);
    if (saved === 'limited') throw tooManyTickets();
    return ticket.text;
  }

  /**
   * Spends a ticket. Returns the record of its token, read from the store, if both are live.
   * @param handshake that the ticket opens; further calls for it return the record as well
   */
  async redeem(text: string, handshake: object): Promise<AccessTokenRecord | undefined> {
    const spent = this.#spent.get(handshake);
    const ticket = spent?.text === text ? spent.ticket : await this.#take(text);
    if (ticket === undefined) return undefined;
    this.#spent.set(handshake, { text, ticket });
    return this.#services.tokens.findFreshRecord({ grantId: ticket.grantId, digest: ticket.token });
  }

  async #take(text: string): Promise<Ticket | undefined> {
    const read = readTicket(text);
    return read && this.#services.store.take(read.grantId, read.digest);
  }
}
