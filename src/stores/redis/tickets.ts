import type { Fields } from '../../protocol/checks';
import { isDigest, type Digest, type GrantId } from '../../protocol/secrets';
import { millisecondsUntil, type Clock } from '../../protocol/time';
import type { Ticket, TicketSaved, TicketStore } from '../../tokens/ticket-store';
import { isLimited } from './code-scripts';
import type { RedisConnection } from './connection';
import { parseJson } from './json';
import type { Keys } from './keys';
import { script, takeString } from './scripts';

/**
 * Stores a ticket and counts it, in a window that begins with the first. Returns 1, or `limited` if there are too many.
 * KEYS: 1 counter, 2 ticket. ARGV: 1 maximum number of tickets, 2 milliseconds of the window and to live, 3 value.
 */
const saveTicket = script(`${isLimited}
if isLimited(KEYS[1], ARGV[1], ARGV[2]) then return 'limited' end
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2])
return 1
`);

/** Reads a ticket that `save` has written; `undefined` for any other value. */
const ticketOf = (grantId: GrantId, value: unknown): Ticket | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { token, expiresAt } = value as Fields;
  if (typeof token !== 'string' || !isDigest(token) || typeof expiresAt !== 'number') return undefined;
  return { grantId, token, expiresAt };
};

/** Tickets in Redis, each a string in the slot of its grant that expires with the ticket. */
export class RedisTicketStore implements TicketStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;

  constructor(redis: RedisConnection, keys: Keys, clock: Clock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  async save(digest: Digest, { grantId, token, expiresAt }: Ticket, max: number): Promise<TicketSaved> {
    const ttl = Math.max(1, millisecondsUntil(expiresAt, this.#clock()));
    const keys = [this.#keys.ticketsOf(grantId), this.#keys.ticket(grantId, digest)];
    const reply = await this.#redis.run(saveTicket, keys, [max, ttl, JSON.stringify({ token, expiresAt })]);
    return reply === 'limited' ? 'limited' : 'stored';
  }

  async take(grantId: GrantId, digest: Digest): Promise<Ticket | undefined> {
    const text = await this.#redis.run(takeString, [this.#keys.ticket(grantId, digest)], []);
    if (typeof text !== 'string') return undefined;
    const ticket = ticketOf(grantId, parseJson(text));
    if (ticket === undefined) this.#redis.logForeignValue();
    return ticket !== undefined && ticket.expiresAt > this.#clock() ? ticket : undefined;
  }
}
