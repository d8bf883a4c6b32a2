import type { GrantId } from '../protocol/secrets';
import type { Milliseconds } from '../protocol/time';
import type { Principal } from '../tokens/principal';
import type { TokenChangeListener, TokenChanges } from '../tokens/token-changes';
import type { Change, ChangeFeed } from './change-feed';
import type { GateCaches } from './gate-caches';

/**
 * The changes that this gate makes or receives, passed on to its caches first, then to the listener of changes of
 * tokens.
 */
export class FollowedChanges implements TokenChanges {
  readonly #caches: GateCaches | undefined;
  readonly #feed: ChangeFeed | undefined;
  #listener: TokenChangeListener | undefined;

  /** Without a feed, changes of other gates are not received. */
  constructor(caches: GateCaches | undefined, feed: ChangeFeed | undefined) {
    this.#caches = caches;
    this.#feed = feed;
    feed?.listen({ onChange: (change) => this.#onChange(change), onMissed: () => this.#onMissed() });
  }

  listen(listener: TokenChangeListener): void {
    this.#listener = listener;
  }

  receivedUntil(): Milliseconds {
    return this.#feed?.receivedUntil() ?? -Infinity;
  }

  /** Evicts the tokens of a grant that this gate has changed. */
  evict(grantId: GrantId): void {
    this.#onChange({ grantId });
  }

  /** Evicts the tokens of a principal whose epoch this gate has replaced. */
  evictAllOf(principal: Principal): void {
    this.#onChange({ principal });
  }

  #onChange(change: Change): void {
    this.#caches?.evict(change);
    if ('grantId' in change) this.#listener?.onGrant(change.grantId);
    else if ('principal' in change) this.#listener?.onPrincipal(change.principal);
  }

  #onMissed(): void {
    this.#caches?.flush();
    this.#listener?.onMissed();
  }
}
