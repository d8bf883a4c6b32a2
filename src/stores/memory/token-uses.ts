import { LRUCache } from 'lru-cache';
import { entryLimit } from '../../protocol/entry-limit';
import type { GrantId } from '../../protocol/secrets';
import type { EpochSeconds } from '../../protocol/time';
import type { TokenUse, TokenUseStore } from '../../tokens/token-use-store';

const MAX_USES = 100_000;

/** Last uses in the memory of this process. Above 100,000 entries, the least recently used are evicted. */
export class MemoryTokenUseStore implements TokenUseStore {
  readonly #uses = new LRUCache<string, EpochSeconds>(entryLimit(MAX_USES));

  async note(uses: readonly TokenUse[]): Promise<void> {
    for (const { grantId, clientId, at } of uses) {
      const name = `${grantId}:${clientId}`;
      this.#uses.set(name, Math.max(at, this.#uses.get(name) ?? 0));
    }
  }

  async lastUses(clientId: string, grants: readonly GrantId[]): Promise<readonly (EpochSeconds | undefined)[]> {
    return grants.map((grantId) => this.#uses.get(`${grantId}:${clientId}`));
  }
}
