import type { DirectoryStore } from '../directory/directory-store';
import type { GrantId } from '../protocol/secrets';
import type { Milliseconds, Seconds } from '../protocol/time';
import type { Principal } from '../tokens/principal';

/** A kind of directory records. */
export type DirectoryNoun = Exclude<keyof DirectoryStore, 'isShared'>;

/** A change that invalidates cached values: of a grant, of the epoch of a principal, or of a record of the directory. */
export type Change =
  | { readonly grantId: GrantId }
  | { readonly principal: Principal }
  | { readonly noun: DirectoryNoun; readonly key: string };

export interface ChangeListener {
  /** Called when any gate, this one included, has ended or changed something. */
  readonly onChange: (change: Change) => void;
  /** Called when changes may have been missed. */
  readonly onMissed: () => void;
}

/** The changes that all gates make in one store, for their caches. */
export interface ChangeFeed {
  /**
   * Checks that no change was missed, so that cached values can be trusted. Called at each cache lookup, so it must be
   * cheap and synchronous.
   */
  readonly isCoherent: () => boolean;
  /** Returns the instant, by `performance.now()`, up to which no change was missed; `-Infinity` if that is not known. */
  readonly receivedUntil: () => Milliseconds;
  /** Maximum age of a cached value, if `isCoherent` alone does not bound it; otherwise `Infinity`. */
  readonly maxAge: Seconds;
  listen(listener: ChangeListener): void;
  close(): void;
}
