import { StoreUnavailableError } from '../../protocol/errors';
import type { Digest, GrantId } from '../../protocol/secrets';
import { millisecondsUntil, type Clock, type EpochSeconds } from '../../protocol/time';
import { UNLIMITED_GRANTS, type GrantLimits } from '../../tokens/grant-limits';
import { isOwner, type GrantOwner, type Principal } from '../../tokens/principal';
import type { AccessTokenRecord, Grant, RefreshTokenRecord } from '../../tokens/records';
import type { Ends, HeldAccess, Rotation, RotationOutcome, Saved, TokenStore } from '../../tokens/token-store';
import { announcementOfEpoch, type Announcing } from './announcement';
import { ClusterWrites } from './cluster-writes';
import type { RedisConnection } from './connection';
import { newEpoch } from './epochs';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { grantIdsOf, membersOf } from './replies';
import { publishChange } from './scripts';
import { epochKeyOf } from './stored-names';
import { TokenIndex, type IndexPage, type Position } from './token-index';
import { MAX_LIFETIME_MS } from './token-lua';
import { TokenReads } from './token-reads';
import { endGrant, replaceEpoch, rotateGrant, saveGrant } from './token-scripts';
import { partsOf, toMaximum, writeArgs, type Written } from './token-writes';

const OUTCOMES: ReadonlySet<unknown> = new Set<RotationOutcome>(['rotated', 'spent', 'unknown']);

const isOutcome = (reply: unknown): reply is RotationOutcome => OUTCOMES.has(reply);

const ownersOf = (grant: Grant | undefined): readonly GrantOwner[] => {
  if (grant === undefined) return [];
  const { clientId, subject } = grant;
  return subject === undefined ? [{ clientId }] : [{ clientId }, { subject }];
};

/** Tokens in Redis. Each key has a TTL; every read also compares the expiry with the gate's own clock. */
export class RedisTokenStore implements TokenStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;
  readonly #announcing: Announcing;
  readonly #reads: TokenReads;
  readonly #index: TokenIndex;
  readonly #cluster: ClusterWrites;

  /** @param announcing `required`: a change that cannot be announced fails, because other gates may cache. */
  constructor(redis: RedisConnection, keys: Keys, clock: Clock, announcing: Announcing = 'required') {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
    this.#announcing = announcing;
    this.#reads = new TokenReads(redis, keys);
    this.#index = new TokenIndex(redis, clock);
    const end = (grantId: GrantId): Promise<boolean> => this.revokeGrant(grantId);
    this.#cluster = new ClusterWrites({ redis, keys, reads: this.#reads, index: this.#index, end });
  }

  async save(access: AccessTokenRecord, refresh?: RefreshTokenRecord, limits = UNLIMITED_GRANTS): Promise<Saved> {
    const now = this.#clock();
    const refreshTtl = refresh === undefined ? 0 : millisecondsUntil(refresh.expiresAt, now);
    if (millisecondsUntil(access.expiresAt, now) <= 0 && refreshTtl <= 0) return { order: 'ahead', ended: [] };
    const written = { access, refresh: refreshTtl > 0 ? refresh : undefined };
    if (this.#redis.isOrdered) return this.#save(written, limits, now);
    return this.#cluster.save(partsOf(this.#keys, written, now), access.clientId, limits);
  }

  async find(grantId: GrantId, digest: Digest): Promise<AccessTokenRecord | undefined> {
    const { access, previous } = await this.#reads.presented(grantId, digest);
    if (access?.digest === digest) return this.#unlessExpired(access);
    return previous?.digest === digest ? this.#unlessExpired(previous) : undefined;
  }

  heldAccess(grantId: GrantId, digest?: Digest): Promise<HeldAccess> {
    return this.#reads.access(grantId, digest);
  }

  heldRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    return this.#reads.refresh(grantId);
  }

  async findRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    return this.#unlessExpired(await this.#reads.refresh(grantId));
  }

  async rotate({ spent, access, refresh, previousAccessUntil }: Rotation): Promise<RotationOutcome> {
    const now = this.#clock();
    if (Math.min(...[access, refresh].map(({ expiresAt }) => millisecondsUntil(expiresAt, now))) <= 0) return 'unknown';
    // In a Cluster, the script cannot read the epochs: it compares the stamp of those that are read after this.
    if (!this.#redis.isOrdered && (await this.#reads.refresh(access.grantId)) === undefined) return 'unknown';
    const parts = partsOf(this.#keys, { access, refresh }, now);
    const [keys, args] = this.#redis.isOrdered ? writeArgs(parts) : await this.#cluster.writeArgs(parts);
    const graceEnd = toMilliseconds(previousAccessUntil);
    const reply = await this.#redis.run(rotateGrant, keys, [
      ...args,
      refresh.digest,
      spent,
      graceEnd,
      this.#keys.changes,
    ]);
    if (reply === 'unannounced' && this.#announcing === 'optional') return 'rotated';
    if (!isOutcome(reply)) throw new StoreUnavailableError('unexpected');
    return reply;
  }

  async revokeGrant(grantId: GrantId): Promise<boolean> {
    const keys = [this.#keys.access(grantId), this.#keys.refresh(grantId)];
    if (this.#redis.isOrdered) return this.#end(grantId, keys);
    // On a single server, a save that reaches a limit reads which of the listed grants have ended.
    const grant = await this.#reads.grant(grantId).catch(() => undefined);
    const isEnded = await this.#end(grantId, keys);
    const removing = ownersOf(grant).map((owner) => this.#index.remove(this.#keys.grantsOf(owner), [grantId]));
    await Promise.allSettled(removing); // those that stay listed count for the limits until they expire
    return isEnded;
  }

  async revokeAccess(grantId: GrantId): Promise<boolean> {
    return this.#end(grantId, [this.#keys.access(grantId)]);
  }

  async invalidate(grantId: GrantId): Promise<void> {
    const reply = await this.#redis.run(publishChange, [this.#keys.access(grantId)], [this.#keys.changes, grantId]);
    if (reply === 'unannounced' && this.#announcing === 'required') throw new StoreUnavailableError('unannounced');
  }

  async replaceEpoch(principal: Principal, ends: Ends): Promise<boolean> {
    // A replaced epoch also ends tokens of the first version, which carry none.
    const args = [newEpoch(), ends, MAX_LIFETIME_MS, this.#keys.changes, announcementOfEpoch(principal)];
    const replacing = this.#redis.run(replaceEpoch, [epochKeyOf(this.#keys, principal)], args);
    // An index that cannot be read says nothing about what has ended.
    const counting = this.#hasAnyGrant(principal).catch(() => true);
    const reply = await replacing;
    if (reply === 'unannounced' && this.#announcing === 'required') throw new StoreUnavailableError('unannounced');
    return isOwner(principal) ? counting : reply !== 0;
  }

  grantsOf(owner: GrantOwner): AsyncIterable<readonly GrantId[]> {
    return this.#index.pages(this.#keys.grantsOf(owner));
  }

  async freeEnded(owner: GrantOwner): Promise<void> {
    const index = this.#keys.grantsOf(owner);
    let position: Position | undefined;
    do {
      const { grants, ofLast, next }: IndexPage = await this.#index.page(index, position);
      const removed = new Set<GrantId>(await this.#freeEnded(index, grants));
      const ofLastRemoved = ofLast.filter((grantId) => removed.has(grantId)).length;
      position = next && { ...next, skip: next.skip - ofLastRemoved };
    } while (position !== undefined);
  }

  /**
   * Deletes the grants that have nothing left. What has ended is never replaced, so no live key is deleted.
   * @returns those that were removed from the index
   */
  async #freeEnded(index: string, grants: readonly GrantId[]): Promise<readonly GrantId[]> {
    const isLeft = await Promise.all(
      grants.map(async (grantId) => {
        const [{ access }, refresh] = await Promise.all([this.#reads.access(grantId), this.#reads.refresh(grantId)]);
        return access !== undefined || refresh !== undefined;
      }),
    );
    const ended = grants.filter((_grantId, place) => isLeft[place] === false);
    const keys = ended.map((grantId) => [this.#keys.access(grantId), this.#keys.refresh(grantId)]);
    if (!this.#redis.isOrdered) {
      await Promise.all(keys.map((ofGrant) => this.#redis.command('del', ...ofGrant)));
      return []; // in a Cluster, a grant is in the index before it is stored
    }
    if (ended.length > 0) await this.#redis.command('del', ...keys.flat());
    await this.#index.remove(index, ended);
    return ended;
  }

  /** Throws if the end could not be announced: another gate might still serve the token from its cache. */
  async #end(grantId: GrantId, keys: readonly string[]): Promise<boolean> {
    const ended = await this.#redis.run(endGrant, keys, [this.#keys.changes, grantId]);
    if (typeof ended === 'number') return ended > 0;
    if (this.#announcing === 'required') throw new StoreUnavailableError('unannounced');
    return true;
  }

  async #hasAnyGrant(principal: Principal): Promise<boolean> {
    return !isOwner(principal) || this.#index.hasAny(this.#keys.grantsOf(principal));
  }

  /** Synchronous up to the script, so that no later command of the caller can be sent before it. */
  async #save(written: Written, limits: GrantLimits, now: EpochSeconds): Promise<Saved> {
    const { scriptsResent } = this.#redis;
    const [keys, args] = writeArgs(partsOf(this.#keys, written, now));
    const maxima = [limits.grantsPerClient, limits.grantsPerUserAndClient].map(toMaximum);
    const reply = await this.#redis.run(saveGrant, keys, [...args, ...maxima, this.#keys.changes]);
    const [outcome] = membersOf(reply);
    if (outcome === 'refused') return { order: 'refused', ended: [] };
    if (outcome === 'unannounced' && this.#announcing === 'required') throw new StoreUnavailableError('unannounced');
    const order = this.#redis.scriptsResent === scriptsResent ? 'ahead' : 'unordered';
    return { order, ended: grantIdsOf(reply) };
  }

  #unlessExpired<R extends { readonly expiresAt: EpochSeconds }>(record: R | undefined): R | undefined {
    return record !== undefined && record.expiresAt > this.#clock() ? record : undefined;
  }
}
