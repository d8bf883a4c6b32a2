import type { GrantId } from '../../protocol/secrets';
import type { Clock, Milliseconds } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { expiryIn } from './grant-scores';
import { toMilliseconds } from './instants';
import { grantIdsOf, membersOf } from './replies';
import { indexGrant, listSurplus, removeSurplus } from './token-scripts';

/** A grant to add to an index. */
export interface Indexing {
  readonly index: string;
  readonly grantId: GrantId;
  readonly expiresAt: Milliseconds;
  readonly now: Milliseconds;
  /** Added to the expiry for the score: `scoreBaseOf` the client in the index of a user, and otherwise 0. */
  readonly base: number;
}

/** Position in an index: a score, and the number of members with this score that were read. */
export interface Position {
  readonly score: string;
  readonly skip: number;
}

export interface IndexPage {
  /** Grants that have not expired, in the order of their scores. */
  readonly grants: readonly GrantId[];
  /** Those of `grants` that have the last score of the page. */
  readonly ofLast: readonly GrantId[];
  /** Position of the next page, if this one is full. */
  readonly next?: Position;
}

const PAGE_SIZE = 500;
const SHORT_PAGE_SIZE = 10;

/** The indexes of grants: sorted sets, one for each client, by expiry, and for each user, by client and expiry. */
export class TokenIndex {
  readonly #redis: RedisConnection;
  readonly #clock: Clock;

  constructor(redis: RedisConnection, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  /** @param max number of grants beyond which this one is refused; empty for any number */
  async add({ index, grantId, expiresAt, now, base }: Indexing, max: number | '' = ''): Promise<'added' | 'refused'> {
    const reply = await this.#redis.run(indexGrant, [index], [grantId, expiresAt, now, base, max]);
    return reply === 'refused' ? 'refused' : 'added';
  }

  /**
   * Returns the grants of a user and client if there are more than the maximum; `replaced` if the new one is not among
   * them any more, because others have taken its place.
   */
  async surplus({ index, ...added }: Indexing, max: number): Promise<readonly GrantId[] | 'replaced'> {
    const reply = await this.#redis.run(listSurplus, [index], [added.grantId, added.base, added.now, max]);
    return reply === null ? 'replaced' : grantIdsOf(reply);
  }

  /**
   * Removes the surplus, without the new grant and those of another client that has the same scores.
   * @returns the grants that are not listed any more
   */
  async removeSurplus(
    { index, ...added }: Indexing,
    max: number,
    foreign: readonly GrantId[],
  ): Promise<readonly GrantId[]> {
    const args = [added.grantId, added.base, added.now, max, ...foreign];
    return grantIdsOf(await this.#redis.run(removeSurplus, [index], args));
  }

  /** Checks whether any grant in an index may be live. */
  async hasAny(index: string): Promise<boolean> {
    for await (const grants of this.pages(index, SHORT_PAGE_SIZE)) if (grants.length > 0) return true;
    return false;
  }

  /** Returns the first page of an index without a position, and otherwise the page that begins there. */
  async page(index: string, position?: Position, size = PAGE_SIZE): Promise<IndexPage> {
    const now = toMilliseconds(this.#clock());
    const { score, skip } = position ?? { score: `(${now}`, skip: 0 };
    const range = [index, score, '+inf', 'WITHSCORES', 'LIMIT', skip, size];
    const reply = membersOf(await this.#redis.command('zrangebyscore', ...range)).map(String);
    const scores = reply.filter((_member, place) => place % 2 === 1);
    const members = reply.filter((_member, place) => place % 2 === 0) as readonly string[] as readonly GrantId[];
    const last = scores.at(-1) ?? score;
    const isListed = (place: number): boolean => expiryIn(Number(scores[place])) > now;
    const lastRead = scores.filter((found) => found === last).length;
    const next = { score: last, skip: last === score ? skip + lastRead : lastRead };
    return {
      grants: members.filter((_grant, place) => isListed(place)),
      ofLast: members.filter((_grant, place) => scores[place] === last && isListed(place)),
      ...(members.length < size ? {} : { next }),
    };
  }

  /** Yields the grants of an index that have not expired. */
  async *pages(index: string, size = PAGE_SIZE): AsyncGenerator<readonly GrantId[]> {
    let page = await this.page(index, undefined, size);
    yield page.grants;
    while (page.next !== undefined) {
      page = await this.page(index, page.next, size);
      yield page.grants;
    }
  }

  async remove(index: string, grants: readonly GrantId[]): Promise<void> {
    if (grants.length > 0) await this.#redis.command('zrem', index, ...grants);
  }
}
