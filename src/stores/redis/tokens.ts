import type { Digest, GrantId } from '../../protocol/secrets';
import { millisecondsUntil, type Clock, type EpochSeconds, type Milliseconds } from '../../protocol/time';
import type { AccessTokenRecord, Grant, RefreshTokenRecord } from '../../tokens/records';
import type { GrantOwner, HeldAccess, Rotation, RotationOutcome, TokenStore } from '../../tokens/token-store';
import { StoreUnavailableError } from '../../protocol/errors';
import { membersOf, type RedisConnection } from './connection';
import type { Keys } from './keys';
import {
  decodeAccess,
  decodeEarlier,
  decodeRefresh,
  encodeAccess,
  encodeRefreshFacts,
  toMilliseconds,
} from './records';
import { endGrant, indexGrant, rotateGrant, saveGrant } from './scripts';

const OUTCOMES: ReadonlySet<unknown> = new Set<RotationOutcome>(['rotated', 'spent', 'unknown']);

const isOutcome = (answer: unknown): answer is RotationOutcome => OUTCOMES.has(answer);

/** Tokens in Redis. Each key expires there by itself; the gate's own clock is asked as well at every look. */
export class RedisTokenStore implements TokenStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;
  readonly #changes: 'announcing' | 'silent';

  /** `announcing`: a change that cannot be announced is a failure, because other gates may cache. */
  constructor(redis: RedisConnection, keys: Keys, clock: Clock, changes: 'announcing' | 'silent' = 'announcing') {
    this.#changes = changes;
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
  }

  async save(access: AccessTokenRecord, refresh?: RefreshTokenRecord): Promise<void> {
    const now = this.#clock();
    const accessTtl = millisecondsUntil(access.expiresAt, now);
    const refreshTtl = refresh === undefined ? 0 : millisecondsUntil(refresh.expiresAt, now);
    if (accessTtl <= 0 && refreshTtl <= 0) return;
    await this.#index(access, Math.max(access.expiresAt, refresh?.expiresAt ?? 0), now);
    const accessKey = this.#keys.access(access.grantId);
    if (refresh === undefined || refreshTtl <= 0) {
      await this.#redis.command('set', accessKey, encodeAccess(access), 'PX', accessTtl);
      return;
    }
    const keys = [accessKey, this.#keys.refresh(access.grantId)];
    const facts = encodeRefreshFacts(refresh);
    await this.#redis.run(saveGrant, keys, [
      encodeAccess(access),
      accessTtl,
      refresh.digest,
      facts,
      refreshTtl,
      toMilliseconds(refresh.expiresAt),
    ]);
  }

  async find(grantId: GrantId, digest: Digest): Promise<AccessTokenRecord | undefined> {
    const [live, earlier] = await this.#readAccess(grantId);
    const record = this.#decode(grantId, live);
    if (record?.digest === digest) return this.#unlessExpired(record);
    const before = earlier?.includes(digest) === true ? decodeEarlier(grantId, earlier) : undefined;
    return before?.digest === digest ? this.#unlessExpired(before) : undefined;
  }

  async heldAccess(grantId: GrantId): Promise<HeldAccess> {
    const [live, line] = await this.#readAccess(grantId);
    const access = this.#decode(grantId, live);
    const earlier = line === undefined ? undefined : decodeEarlier(grantId, line);
    return { ...(access === undefined ? {} : { access }), ...(earlier === undefined ? {} : { earlier }) };
  }

  async findRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    return this.#unlessExpired(await this.heldRefresh(grantId));
  }

  async heldRefresh(grantId: GrantId): Promise<RefreshTokenRecord | undefined> {
    const key = this.#keys.refresh(grantId);
    const fields = await this.#redis.command('hmget', key, 'digest', 'facts', 'expires', 'spent', 'sealed', 'until');
    const [digest, facts, expires, spent, sealed, until] = membersOf(fields);
    const record = decodeRefresh(grantId, { digest, facts, expires, spent, sealed, until });
    if (record === undefined && typeof digest === 'string') this.#redis.sawForeignValue();
    return record;
  }

  async rotate({ spent, access, refresh, earlierAccessUntil }: Rotation): Promise<RotationOutcome> {
    const now = this.#clock();
    const accessTtl = millisecondsUntil(access.expiresAt, now);
    const refreshTtl = millisecondsUntil(refresh.expiresAt, now);
    if (accessTtl <= 0 || refreshTtl <= 0) return 'unknown';
    await this.#index(access, Math.max(access.expiresAt, refresh.expiresAt), now);
    const answer = await this.#redis.run(
      rotateGrant,
      [this.#keys.access(access.grantId), this.#keys.refresh(access.grantId)],
      [
        spent,
        refresh.digest,
        encodeAccess(access),
        accessTtl,
        encodeRefreshFacts(refresh),
        refreshTtl,
        refresh.spent?.sealedPair ?? '',
        toMilliseconds(refresh.spent?.until ?? now),
        toMilliseconds(earlierAccessUntil),
        toMilliseconds(now),
        toMilliseconds(refresh.expiresAt),
        refresh.spent?.digest ?? spent,
        this.#keys.changes,
        access.grantId,
      ],
    );
    if (answer === 'unannounced' && this.#changes === 'silent') return 'rotated';
    if (!isOutcome(answer)) throw new StoreUnavailableError('unexpected');
    return answer;
  }

  async revokeGrant(grantId: GrantId): Promise<boolean> {
    return this.#end(grantId, [this.#keys.access(grantId), this.#keys.refresh(grantId)]);
  }

  async revokeAccess(grantId: GrantId): Promise<boolean> {
    return this.#end(grantId, [this.#keys.access(grantId)]);
  }

  async grantsOf(owner: GrantOwner): Promise<readonly GrantId[]> {
    const key = this.#keys.grantsOf(owner);
    const members = await this.#redis.command('zrangebyscore', key, `(${toMilliseconds(this.#clock())}`, '+inf');
    return membersOf(members).filter((member): member is GrantId => typeof member === 'string');
  }

  /** Whatever cannot be announced is told as a failure: another gate might believe the token for a while yet. */
  async #end(grantId: GrantId, keys: readonly string[]): Promise<boolean> {
    const ended = await this.#redis.run(endGrant, keys, [this.#keys.changes, grantId]);
    if (typeof ended === 'number') return ended > 0;
    if (this.#changes === 'announcing') throw new StoreUnavailableError('unannounced');
    return true;
  }

  /** Before the token: an index entry without a token does no harm, a token that no index knows cannot be revoked. */
  async #index({ grantId, clientId, subject }: Grant, expiresAt: EpochSeconds, now: EpochSeconds): Promise<void> {
    const owners: readonly GrantOwner[] = subject === undefined ? [{ clientId }] : [{ clientId }, { subject }];
    const args: readonly [GrantId, Milliseconds, Milliseconds] = [
      grantId,
      toMilliseconds(expiresAt),
      toMilliseconds(now),
    ];
    await Promise.all(owners.map((owner) => this.#redis.run(indexGrant, [this.#keys.grantsOf(owner)], args)));
  }

  /** The lines of a grant's access key: the record, and the token before it. */
  async #readAccess(grantId: GrantId): Promise<readonly string[]> {
    const value = await this.#redis.command('get', this.#keys.access(grantId));
    return typeof value === 'string' ? value.split('\n') : [];
  }

  #decode(grantId: GrantId, line: string | undefined): AccessTokenRecord | undefined {
    if (line === undefined) return undefined;
    const record = decodeAccess(grantId, line);
    if (record === undefined) this.#redis.sawForeignValue();
    return record;
  }

  #unlessExpired<R extends { readonly expiresAt: EpochSeconds }>(record: R | undefined): R | undefined {
    return record !== undefined && record.expiresAt > this.#clock() ? record : undefined;
  }
}
