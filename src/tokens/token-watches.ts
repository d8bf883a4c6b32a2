import { kindOfError, type Logger } from '../events/logger';
import type { GrantId } from '../protocol/secrets';
import type { Clock, Milliseconds } from '../protocol/time';
import { FreshReads } from './fresh-reads';
import type { Principal } from './principal';
import type { AccessTokenRecord } from './records';
import { RunningTime } from './running-time';
import type { TokenChangeListener, TokenChanges } from './token-changes';
import type { TokenLookup } from './token-lookup';
import { WatchedTokens, type WatchedToken, type WatchEnd, type WatchListener } from './watched-tokens';

const TICK_MS = 50;

/** Time between two reads of a token while changes may be missed. */
const READ_EVERY_MS = 1_000;

/** Time until a read is tried again after the store has failed. */
const RETRY_AFTER_MS = 200;

/** Time without a proof after which a token counts as not checked: with a tick, less than the two seconds promised. */
const MAX_UNPROVED_MS = 1_900;

/** Age of a proof after which changes may be missed: as that of a cached token. */
const PROVED_FOR_MS = 1_500;

export interface TokenWatchServices {
  readonly tokens: Pick<TokenLookup, 'findFreshRecord'>;
  readonly changes: TokenChanges;
  /** Never throws. */
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Ends a watch of a closed gate. */
const endLater = (listener: WatchListener): (() => void) => {
  let isWatched = true;
  queueMicrotask(() => {
    if (isWatched) listener('unavailable');
  });
  return () => {
    isWatched = false;
  };
};

/**
 * Watches access tokens that were accepted, for connections that live longer than a request. A token is in doubt from
 * each change that may concern it until it was read from the store afterwards; all are in doubt while changes may be
 * missed, and are read again and again then.
 */
export class TokenWatches implements TokenChangeListener {
  readonly #services: TokenWatchServices;
  readonly #tokens = new WatchedTokens();
  readonly #inDoubt = new Set<WatchedToken>();
  readonly #reads = new FreshReads((token) => this.#check(token));
  readonly #time = new RunningTime(2 * TICK_MS);
  #nextExpiry = Infinity;
  /** When the changes last proved every token that is not in doubt, in running time. */
  #provedAt: Milliseconds = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(services: TokenWatchServices) {
    this.#services = services;
    services.changes.listen(this);
  }

  /**
   * Calls the listener once, after this call has returned, when the token can no longer be used.
   * @returns a function that stops watching
   */
  watch(record: AccessTokenRecord, onEnded: WatchListener): () => void {
    const listener: WatchListener = (reason) => this.#call(onEnded, reason); // distinct, even for an equal function
    if (this.#isClosed) return endLater(listener);
    const token = this.#tokens.find(record.digest) ?? this.#add(record);
    token.listeners.add(listener);
    return () => {
      if (token.listeners.delete(listener) && token.listeners.size === 0) this.#delete(token);
    };
  }

  onGrant(grantId: GrantId): void {
    for (const token of this.#tokens.ofGrant(grantId)) this.#recheck(token);
  }

  onPrincipal(principal: Principal): void {
    for (const token of this.#tokens.ofPrincipal(principal)) this.#recheck(token);
  }

  onMissed(): void {
    for (const token of this.#tokens.all()) {
      this.#noteChange(token);
      this.#reads.add(token);
    }
  }

  /** Ends all watches. */
  close(): void {
    this.#isClosed = true;
    for (const token of [...this.#tokens.all()]) this.#end(token, 'unavailable');
  }

  #add(record: AccessTokenRecord): WatchedToken {
    if (this.#tokens.size === 0) this.#start();
    const token = this.#tokens.add(record, this.#time.now);
    this.#nextExpiry = Math.min(this.#nextExpiry, token.expiresAt);
    this.#recheck(token); // it may have ended since the guard has checked it
    return token;
  }

  #start(): void {
    this.#time.advance();
    this.#followProof();
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
  }

  #delete(token: WatchedToken): void {
    this.#tokens.delete(token);
    this.#inDoubt.delete(token);
    this.#reads.delete(token);
    if (this.#tokens.size > 0) return;
    clearInterval(this.#timer);
    this.#nextExpiry = Infinity;
  }

  #end(token: WatchedToken, reason: WatchEnd): void {
    const listeners = [...token.listeners];
    token.listeners.clear();
    this.#delete(token);
    for (const listener of listeners) listener(reason);
  }

  #call(onEnded: WatchListener, reason: WatchEnd): void {
    try {
      onEnded(reason);
    } catch (thrown) {
      this.#services.logger.error(kindOfError(thrown), 'A listener of gate.watch threw');
    }
  }

  #tick(): void {
    this.#time.advance();
    if (this.#services.clock() >= this.#nextExpiry) this.#endExpired();
    if (!this.#followProof()) for (const token of this.#tokens.all()) this.#putInDoubt(token);
    const { now } = this.#time;
    for (const token of this.#inDoubt) {
      if (now - token.provedAt > MAX_UNPROVED_MS) this.#end(token, 'unavailable');
      else if (now >= token.readAt) this.#reads.add(token);
    }
  }

  /** Reads up to when the changes prove that tokens are live. @returns false if changes may be missed */
  #followProof(): boolean {
    const age = performance.now() - this.#services.changes.receivedUntil();
    if (age > PROVED_FOR_MS) return false;
    this.#provedAt = this.#time.now - age;
    return true;
  }

  #endExpired(): void {
    const now = this.#services.clock();
    let next = Infinity;
    for (const token of [...this.#tokens.all()]) {
      if (token.expiresAt <= now) this.#end(token, 'expired');
      else next = Math.min(next, token.expiresAt);
    }
    this.#nextExpiry = next;
  }

  #recheck(token: WatchedToken): void {
    this.#noteChange(token);
    this.#reads.addUrgent(token);
  }

  /** Makes reads of a token that are in flight insufficient. */
  #noteChange(token: WatchedToken): void {
    token.changes += 1;
    this.#putInDoubt(token);
    token.readAt = this.#time.now;
  }

  #putInDoubt(token: WatchedToken): void {
    if (this.#inDoubt.has(token)) return;
    this.#inDoubt.add(token);
    token.provedAt = Math.max(token.provedAt, this.#provedAt);
    token.readAt = this.#time.now;
  }

  /** Reads a token. Never rejects. */
  async #check(token: WatchedToken): Promise<void> {
    const { changes } = token;
    const began = this.#time.now;
    const wasProved = this.#followProof();
    try {
      const record = await this.#services.tokens.findFreshRecord(token);
      if (this.#tokens.find(token.digest) !== token) return;
      if (record === undefined) {
        this.#end(token, this.#services.clock() >= token.expiresAt ? 'expired' : 'ended');
        return;
      }
      token.expiresAt = record.expiresAt;
      this.#nextExpiry = Math.min(this.#nextExpiry, record.expiresAt);
      token.provedAt = began;
      if (token.changes !== changes) return; // the record may be from before the last change
      token.readAt = began + READ_EVERY_MS;
      if (wasProved) this.#inDoubt.delete(token);
    } catch {
      token.readAt = this.#time.now + RETRY_AFTER_MS; // the failure was logged where it happened
    }
  }
}
