import { StoreUnavailableError } from '../../protocol/errors';
import type { GrantId } from '../../protocol/secrets';
import { millisecondsUntil, type Clock } from '../../protocol/time';
import type { CodeRecord, CodeSaved, CodeStore, CodeTerms, HeldCode, SpendOutcome } from '../../tokens/code-store';
import { decodeCode, encodeCode, NEW_STATE } from './code-records';
import { countCode, countWrongVerifier, saveCode, spendCode } from './code-scripts';
import type { RedisConnection } from './connection';
import { toCount } from './counts';
import { isUnder, newEpoch, stampOf } from './epochs';
import { toMilliseconds } from './instants';
import type { Keys } from './keys';
import { openEpochs } from './open-epochs';
import { epochKeysOf } from './stored-names';
import { TokenReads } from './token-reads';

const OUTCOMES: ReadonlySet<unknown> = new Set<SpendOutcome>(['spent', 'reused', 'unknown']);

const isOutcome = (reply: unknown): reply is SpendOutcome => OUTCOMES.has(reply);

/** A code that has not ended. */
interface LiveCode extends HeldCode {
  /** Stamp of the present epochs of its principals. */
  readonly stamp: string;
}

/** Authorization codes in Redis, each a string that expires when the reuse of the code need not be known any more. */
export class RedisCodeStore implements CodeStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;
  readonly #clock: Clock;
  readonly #reads: TokenReads;

  constructor(redis: RedisConnection, keys: Keys, clock: Clock) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
    this.#reads = new TokenReads(redis, keys);
  }

  async save(code: CodeRecord, { keptUntil, maxOfUserAndClient }: CodeTerms): Promise<CodeSaved> {
    const now = this.#clock();
    const window = Math.max(1, millisecondsUntil(code.expiresAt, now));
    const life = Math.max(window, millisecondsUntil(keptUntil, now));
    const counter = this.#keys.codesOf(code.subject, code.clientId);
    const [key, epochs, line] = [this.#keys.code(code.grantId), epochKeysOf(this.#keys, code), encodeCode(code)];
    const limit = [toCount(maxOfUserAndClient), window];
    if (this.#redis.isOrdered) {
      const reply = await this.#redis.run(saveCode, [counter, key, ...epochs], [...limit, line, life, newEpoch()]);
      return reply === 'limited' ? 'limited' : 'stored';
    }
    if ((await this.#redis.run(countCode, [counter], limit)) === 'limited') return 'limited';
    const stamp = stampOf(await openEpochs(this.#redis, epochs, life), 'code');
    await this.#redis.command('set', key, `${line}${stamp}\t\n${NEW_STATE}`, 'PX', life);
    return 'stored';
  }

  async find(grantId: GrantId): Promise<HeldCode | undefined> {
    const found = await this.#findLive(grantId);
    return found && { code: found.code, state: found.state };
  }

  async spend(grantId: GrantId, attempt: string): Promise<SpendOutcome> {
    // In a Cluster, the script cannot read the epochs: it compares the stamp of those that are read before it.
    const stamp = this.#redis.isOrdered ? '' : (await this.#findLive(grantId))?.stamp;
    if (stamp === undefined) return 'unknown';
    const args = [attempt, toMilliseconds(this.#clock()), stamp];
    const reply = await this.#redis.run(spendCode, [this.#keys.code(grantId)], args);
    if (!isOutcome(reply)) throw new StoreUnavailableError('unexpected');
    return reply;
  }

  async countWrongVerifier(grantId: GrantId, max: number): Promise<void> {
    await this.#redis.run(countWrongVerifier, [this.#keys.code(grantId)], [max]);
  }

  async #findLive(grantId: GrantId): Promise<LiveCode | undefined> {
    const stored = await this.#reads.read(this.#keys.code(grantId), 'code');
    if (stored === undefined) return undefined;
    const held = decodeCode(grantId, stored.value);
    if (held === undefined) this.#redis.logForeignValue();
    if (held === undefined || !isUnder(stored.epochs, held.stamp, 'code')) return undefined;
    return held.state !== 'pending' || held.code.expiresAt > this.#clock() ? held : undefined;
  }
}
