import { LINK_PURPOSES, type PasswordLink, type PasswordLinkStore } from '../../directory/password-link-store';
import type { Fields } from '../../protocol/checks';
import { isDigest, type Digest, type LinkHolder } from '../../protocol/secrets';
import { millisecondsUntil, type Clock } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { parseJson } from './json';
import type { Keys } from './keys';
import { script } from './scripts';

/**
 * Removes the value of a link if it begins with this digest, and returns it; `false` otherwise.
 * KEYS: link. ARGV: digest.
 */
const takeLink = script(`
local value = redis.pcall('GET', KEYS[1])
if type(value) ~= 'string' or string.sub(value, 1, #ARGV[1]) ~= ARGV[1] then return false end
redis.call('DEL', KEYS[1])
return value
`);

const isText = (value: unknown): value is string => typeof value === 'string';

const isAbsentOrText = (value: unknown): value is string | undefined => value === undefined || isText(value);

/** Reads a link that `save` has written; `undefined` for any other value. */
const linkOf = (value: unknown): PasswordLink | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { purpose, subject, userId, replaces, by, expiresAt } = value as Fields;
  const known = LINK_PURPOSES.find((one) => one === purpose);
  if (known === undefined || !isText(subject) || !isText(replaces) || !isDigest(replaces)) return undefined;
  if (!isAbsentOrText(userId) || !isAbsentOrText(by) || typeof expiresAt !== 'number') return undefined;
  return {
    purpose: known,
    subject,
    ...(userId === undefined ? {} : { userId }),
    replaces,
    ...(by === undefined ? {} : { by }),
    expiresAt,
  };
};

/** Links to set a password, in Redis: one string for each user, the digest of the code and the link, which expires with it. */
export class RedisPasswordLinkStore implements PasswordLinkStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;

  constructor(redis: RedisConnection, keys: Keys, clock: Clock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  async save(holder: LinkHolder, digest: Digest, link: PasswordLink): Promise<void> {
    const ttl = millisecondsUntil(link.expiresAt, this.#clock());
    if (ttl <= 0) return;
    await this.#redis.command('set', this.#keys.passwordLink(holder), digest + JSON.stringify(link), 'PX', ttl);
  }

  async find(holder: LinkHolder, digest: Digest): Promise<PasswordLink | undefined> {
    return this.#read(digest, await this.#redis.command('get', this.#keys.passwordLink(holder)));
  }

  async take(holder: LinkHolder, digest: Digest): Promise<PasswordLink | undefined> {
    return this.#read(digest, await this.#redis.run(takeLink, [this.#keys.passwordLink(holder)], [digest]));
  }

  async remove(holder: LinkHolder): Promise<void> {
    await this.#redis.command('del', this.#keys.passwordLink(holder));
  }

  #read(digest: Digest, text: unknown): PasswordLink | undefined {
    if (typeof text !== 'string' || !text.startsWith(digest)) return undefined;
    const link = linkOf(parseJson(text.slice(digest.length)));
    if (link === undefined) this.#redis.logForeignValue();
    return link !== undefined && link.expiresAt > this.#clock() ? link : undefined;
  }
}
