import type { GrantId } from '../../protocol/secrets';
import type { GrantLimits } from '../../tokens/grant-limits';
import type { Grant } from '../../tokens/records';
import type { Saved } from '../../tokens/token-store';
import type { RedisConnection } from './connection';
import { stampOf } from './epochs';
import type { Keys } from './keys';
import { openEpochs } from './open-epochs';
import { inSlices } from './slices';
import type { Indexing, TokenIndex } from './token-index';
import type { TokenReads } from './token-reads';
import { saveGrant } from './token-scripts';
import { toMaximum, type WriteArgs, type WriteParts } from './token-writes';

export interface ClusterServices {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly reads: TokenReads;
  readonly index: TokenIndex;
  /** Ends a grant. */
  readonly end: (grantId: GrantId) => Promise<boolean>;
}

/** Writes tokens in a Cluster, where the indexes and epochs of a grant are on other servers than the grant. */
export class ClusterWrites {
  readonly #services: ClusterServices;

  constructor(services: ClusterServices) {
    this.#services = services;
  }

  /** Saves a grant. The limits need commands of their own. */
  async save(parts: WriteParts, clientId: string, limits: GrantLimits): Promise<Saved> {
    const { redis, keys, index } = this.#services;
    const [ofClient, ofUser] = parts.indexing;
    const max = toMaximum(limits.grantsPerClient);
    if (max !== '' && (await index.add(ofClient, max)) === 'refused') return { order: 'refused', ended: [] };
    const [ofGrant, args] = await this.writeArgs(parts);
    await redis.run(saveGrant, ofGrant, [...args, '', '', keys.changes]);
    const isLimited = ofUser !== undefined && limits.grantsPerUserAndClient !== Infinity;
    const ended = isLimited ? await this.#endSurplus(ofUser, clientId, limits.grantsPerUserAndClient) : [];
    return { order: 'unordered', ended };
  }

  /** Returns the keys and arguments of a script that writes tokens, after writing the indexes and epochs. */
  async writeArgs({ keys, indexing, tokens, epochs, lifetime }: WriteParts): Promise<WriteArgs> {
    const [{ grantId, expiresAt, now }] = indexing;
    const adding = Promise.all(indexing.map((entry) => this.#services.index.add(entry)));
    const [opened] = await Promise.all([openEpochs(this.#services.redis, epochs, lifetime), adding]);
    const stamps = [stampOf(opened, 'access'), stampOf(opened, 'refresh')];
    return [keys, [grantId, expiresAt, now, ...tokens, 0, ...stamps, '', 0, 0]];
  }

  /**
   * Ends the grants of a user and client whose place a new one takes, or the new one if others have taken its place.
   * @returns those that were live
   */
  async #endSurplus(added: Indexing, clientId: string, max: number): Promise<readonly GrantId[]> {
    const { index, reads, end } = this.#services;
    const listed = await index.surplus(added, max);
    if (listed === 'replaced') await end(added.grantId);
    if (listed === 'replaced' || listed.length === 0) return [];
    const grants = await inSlices(listed, (grantId) => reads.grant(grantId));
    await this.#endOfEndedConsents(grants);
    // A grant that is not stored yet counts as one of this client.
    const foreign = listed.filter((_grantId, place) => (grants[place]?.clientId ?? clientId) !== clientId);
    // If a grant is removed before it is stored, its save finds that it has been replaced.
    const removed = await index.removeSurplus(added, max, foreign);
    const wasLive = await inSlices(removed, async (grantId) => {
      const isLive = await this.#isLive(grantId);
      await end(grantId);
      return isLive;
    });
    return removed.filter((_grantId, place) => wasLive[place]);
  }

  /** Removes grants whose consent has ended: unlike those of an ended user or client, they may be newer than live ones. */
  async #endOfEndedConsents(grants: readonly (Grant | undefined)[]): Promise<void> {
    const consented = grants.filter((grant): grant is Grant => grant?.consent !== undefined);
    await inSlices(consented, async ({ grantId }) => {
      if (!(await this.#isLive(grantId))) await this.#services.end(grantId);
    });
  }

  async #isLive(grantId: GrantId): Promise<boolean> {
    const { reads } = this.#services;
    const [{ access }, refresh] = await Promise.all([reads.access(grantId), reads.refresh(grantId)]);
    return access !== undefined || refresh !== undefined;
  }
}
