import type { Fields } from '../../protocol/checks';
import { StoreUnavailableError } from '../../protocol/errors';
import { isDigest, type Digest } from '../../protocol/secrets';
import { millisecondsUntil, type Clock, type EpochSeconds } from '../../protocol/time';
import { MAX_CLAIMS_PER_SESSION, type Session, type SessionStore } from '../../sessions/session-store';
import type { RedisConnection } from './connection';
import { toCount } from './counts';
import { toMilliseconds } from './instants';
import { parseJson } from './json';
import type { Keys } from './keys';
import { membersOf } from './replies';
import { addSession, claimName, endAllSessions, takeString } from './scripts';

/** Sessions that are deleted concurrently, each by a command of its own: in a Cluster they are on several servers. */
const SLICE_SIZE = 100;

const isString = (value: unknown): value is string => typeof value === 'string';

/** Reads a session that `save` has written; `undefined` for any other value. */
const sessionOf = (value: unknown): Session | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { subject, username, organization, roles, startedAt, expiresAt } = value as Fields;
  if (!isString(subject) || !isString(username) || !(organization === undefined || isString(organization)))
    return undefined;
  if (!Array.isArray(roles) || !roles.every(isString)) return undefined;
  if (typeof startedAt !== 'number' || typeof expiresAt !== 'number') return undefined;
  return { subject, username, ...(organization === undefined ? {} : { organization }), roles, startedAt, expiresAt };
};

/**
 * Sessions in Redis, each a string under its digest, and a sorted set per user that lists the user's sessions. A session
 * that is not listed has ended, so a session cannot escape the limit of its user or the end of all, even if it is written
 * at the same time, or if the list was evicted.
 */
export class RedisSessionStore implements SessionStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;

  constructor(redis: RedisConnection, keys: Keys, clock: Clock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  async save(digest: Digest, session: Session, maxOfUser: number): Promise<number> {
    const now = this.#clock();
    const ttl = millisecondsUntil(session.expiresAt, now);
    if (ttl <= 0) return 0;
    const args = [toMilliseconds(session.expiresAt), toMilliseconds(now), ttl, toCount(maxOfUser)];
    // Before it is listed: otherwise it could end between the two, and its value would be written afterwards.
    await this.#redis.command('set', this.#keys.session(digest), JSON.stringify(session), 'PX', ttl);
    const ended = await this.#redis.run(addSession, [this.#keys.sessionsOf(session.subject)], [digest, ...args]);
    const digests = membersOf(ended);
    await this.#deleteEnded(digests);
    return digests.length;
  }

  async find(digest: Digest): Promise<Session | undefined> {
    const session = this.#read(await this.#redis.command('get', this.#keys.session(digest)));
    if (session === undefined || session.expiresAt <= this.#clock()) return undefined;
    return (await this.#isListed(digest, session)) ? session : undefined;
  }

  async remove(digest: Digest): Promise<void> {
    const session = this.#read(await this.#redis.run(takeString, [this.#keys.session(digest)], []));
    if (session !== undefined) await this.#redis.command('zrem', this.#keys.sessionsOf(session.subject), digest);
  }

  async removeAllOf(subject: string): Promise<void> {
    const ended = this.#keys.endedSessionsOf(subject);
    const hasEnded = await this.#redis.run(endAllSessions, [this.#keys.sessionsOf(subject), ended], []);
    if (hasEnded === 1) await this.#free(ended);
  }

  async claim(digest: Digest, name: Digest, until: EpochSeconds): Promise<boolean> {
    const now = this.#clock();
    if (millisecondsUntil(until, now) <= 0) throw new StoreUnavailableError('unexpected');
    const keys = [this.#keys.session(digest), this.#keys.claims(digest)];
    const args = [now, toMilliseconds(now), name, toMilliseconds(until), MAX_CLAIMS_PER_SESSION];
    const session = this.#read(await this.#redis.run(claimName, keys, args));
    // After the claim, so that a session that has ended before cannot act, even if its memory is not freed yet.
    return session !== undefined && this.#isListed(digest, session);
  }

  async release(digest: Digest, name: Digest): Promise<void> {
    await this.#redis.command('zrem', this.#keys.claims(digest), name);
  }

  async #isListed(digest: Digest, { subject }: Session): Promise<boolean> {
    return (await this.#redis.command('zscore', this.#keys.sessionsOf(subject), digest)) !== null;
  }

  /**
   * Deletes the sessions of an index that have ended. Gates of an earlier version accept a session until it is deleted.
   * All are attempted, and what could not be deleted stays in the index for the next call.
   * @throws the first failure, after all others
   */
  async #free(index: string): Promise<void> {
    let failure: PromiseRejectedResult | undefined;
    let cursor = '0';
    do {
      const [next, found] = membersOf(await this.#redis.command('zscan', index, cursor, 'COUNT', SLICE_SIZE));
      cursor = typeof next === 'string' ? next : '0';
      const listed = membersOf(found)
        .filter((_, position) => position % 2 === 0) // the others are scores
        .filter(isString);
      const deletions = await Promise.allSettled(listed.map((member) => this.#delete(member)));
      failure ??= deletions.find((deletion) => deletion.status === 'rejected');
      const deleted = listed.filter((_, position) => deletions[position]?.status === 'fulfilled');
      if (deleted.length > 0) await this.#redis.command('zrem', index, ...deleted);
    } while (cursor !== '0');
    if (failure !== undefined) throw failure.reason;
  }

  #read(text: unknown): Session | undefined {
    if (typeof text !== 'string') return undefined;
    const session = sessionOf(parseJson(text));
    if (session === undefined) this.#redis.logForeignValue();
    return session;
  }

  /** Deletes the session of a listed digest. The list may contain foreign members, which name no session. */
  async #delete(member: string): Promise<void> {
    if (isDigest(member)) await this.#redis.command('del', this.#keys.session(member), this.#keys.claims(member));
  }

  /** Frees the memory of sessions that are no longer listed, and so have ended. What remains expires by itself. */
  async #deleteEnded(members: readonly unknown[]): Promise<void> {
    const digests = members.filter(isString);
    for (let start = 0; start < digests.length; start += SLICE_SIZE) {
      await Promise.allSettled(digests.slice(start, start + SLICE_SIZE).map((digest) => this.#delete(digest)));
    }
  }
}
