import type { Fields } from '../../protocol/checks';
import { StoreUnavailableError } from '../../protocol/errors';
import { isDigest, type Digest } from '../../protocol/secrets';
import { millisecondsUntil, type Clock, type EpochSeconds } from '../../protocol/time';
import { MAX_CLAIMS_PER_SESSION, type Session, type SessionStore } from '../../sessions/session-store';
import type { RedisConnection } from './connection';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { membersOf } from './replies';
import { addSession, claimName } from './scripts';

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

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Sessions in Redis, each a string under its digest; a sorted set per user lists the sessions, to end all of them. */
export class RedisSessionStore implements SessionStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;

  constructor(redis: RedisConnection, keys: Keys, clock: Clock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  async save(digest: Digest, session: Session): Promise<void> {
    const now = this.#clock();
    const ttl = millisecondsUntil(session.expiresAt, now);
    if (ttl <= 0) return;
    // Index first: an entry without a session is harmless, but a session that is missing from it cannot be ended.
    const instants = [toMilliseconds(session.expiresAt), toMilliseconds(now), ttl];
    await this.#redis.run(addSession, [this.#keys.sessionsOf(session.subject)], [digest, ...instants]);
    await this.#redis.command('set', this.#keys.session(digest), JSON.stringify(session), 'PX', ttl);
  }

  async find(digest: Digest): Promise<Session | undefined> {
    const text = await this.#redis.command('get', this.#keys.session(digest));
    if (typeof text !== 'string') return undefined;
    const session = sessionOf(parse(text));
    if (session === undefined) this.#redis.logForeignValue();
    return session !== undefined && session.expiresAt > this.#clock() ? session : undefined;
  }

  async remove(digest: Digest): Promise<void> {
    await this.#redis.command('del', this.#keys.session(digest));
  }

  async removeAllOf(subject: string): Promise<void> {
    const index = this.#keys.sessionsOf(subject);
    const members = membersOf(await this.#redis.command('zrange', index, 0, -1));
    const digests = members.filter((member): member is Digest => typeof member === 'string' && isDigest(member));
    await Promise.all(digests.map((digest) => this.remove(digest)));
    // Entries stay until they expire: a concurrent `save` may still write its session, and the next call must find it.
  }

  async claim(digest: Digest, name: Digest, until: EpochSeconds): Promise<boolean> {
    const now = this.#clock();
    if (millisecondsUntil(until, now) <= 0) throw new StoreUnavailableError('unexpected');
    const keys = [this.#keys.session(digest), this.#keys.claims(digest)];
    const args = [now, toMilliseconds(now), name, toMilliseconds(until), MAX_CLAIMS_PER_SESSION];
    return (await this.#redis.run(claimName, keys, args)) === 1;
  }

  async release(digest: Digest, name: Digest): Promise<void> {
    await this.#redis.command('zrem', this.#keys.claims(digest), name);
  }
}
