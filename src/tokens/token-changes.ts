import type { GrantId } from '../protocol/secrets';
import type { Milliseconds } from '../protocol/time';
import type { Principal } from './principal';

export interface TokenChangeListener {
  /** Called when tokens of a grant were ended or replaced. */
  onGrant(grantId: GrantId): void;
  /** Called when the epoch of a principal was replaced. */
  onPrincipal(principal: Principal): void;
  /** Called when changes may have been missed. */
  onMissed(): void;
}

/** The changes that any gate makes in the store and that may end access tokens. */
export interface TokenChanges {
  /**
   * Returns the instant, by `performance.now()`, up to which all changes were received; `-Infinity` if that is not known.
   * Synchronous, and cheap enough to be called often.
   */
  receivedUntil(): Milliseconds;
  /** Sets the only listener. */
  listen(listener: TokenChangeListener): void;
}
