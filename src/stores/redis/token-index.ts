import type { GrantId } from '../../protocol/secrets';
import type { Clock, Milliseconds } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { toMilliseconds } from './instants';
import { membersOf } from './replies';
import { indexGrant } from './token-scripts';

/** Position in an index: a score, and the number of members with this score that were read. */
export interface Position {
  readonly score: string;
  readonly skip: number;
}

/** Grants in the order of their expiry. */
export interface IndexPage {
  readonly grants: readonly GrantId[];
  /** How many of the last grants have the same score. */
  readonly ofLast: number;
  /** Position of the next page, if this one is full. */
  readonly next?: Position;
}

const PAGE_SIZE = 500;

/** The indexes of grants: sorted sets by expiry, one for each client and user. */
export class TokenIndex {
  readonly #redis: RedisConnection;
  readonly #clock: Clock;

  constructor(redis: RedisConnection, clock: Clock) {
    this.#redis = redis;
    this.#clock = clock;
  }

  async add(
    indexes: readonly string[],
    args: readonly [grantId: GrantId, expiresAt: Milliseconds, now: Milliseconds],
  ): Promise<void> {
    await Promise.all(indexes.map((index) => this.#redis.run(indexGrant, [index], args)));
  }

  /** Checks whether any grant in an index may be live. */
  async hasAny(index: string): Promise<boolean> {
    return (await this.#redis.command('zcount', index, this.#now(), '+inf')) !== 0;
  }

  /** Returns the first page of an index without a position, and otherwise the page that begins there. */
  async page(index: string, { score, skip }: Position = { score: this.#now(), skip: 0 }): Promise<IndexPage> {
    const range = [index, score, '+inf', 'WITHSCORES', 'LIMIT', skip, PAGE_SIZE];
    const members = membersOf(await this.#redis.command('zrangebyscore', ...range)).map(String);
    const grants = members.filter((_member, place) => place % 2 === 0) as readonly string[] as readonly GrantId[];
    const last = members.at(-1) ?? score;
    const ofLast = members.filter((member, place) => place % 2 === 1 && member === last).length;
    const next = { score: last, skip: last === score ? skip + ofLast : ofLast };
    return { grants, ofLast, ...(grants.length < PAGE_SIZE ? {} : { next }) };
  }

  /** Yields the grants of an index that have not expired, in the order of their expiry. */
  async *pages(index: string): AsyncGenerator<readonly GrantId[]> {
    let page = await this.page(index);
    yield page.grants;
    while (page.next !== undefined) {
      page = await this.page(index, page.next);
      yield page.grants;
    }
  }

  async remove(index: string, grants: readonly GrantId[]): Promise<void> {
    if (grants.length > 0) await this.#redis.command('zrem', index, ...grants);
  }

  #now(): string {
    return `(${toMilliseconds(this.#clock())}`;
  }
}
