import { StoreUnavailableError } from '../../protocol/errors';
import type { Digest } from '../../protocol/secrets';
import type { Clock, EpochSeconds } from '../../protocol/time';
import { MAX_CLAIMS_PER_SESSION, type Session, type SessionStore } from '../../sessions/session-store';

const MAX_SESSIONS = 10_000;

interface Held {
  readonly session: Session;
  readonly claims: Map<Digest, EpochSeconds>;
}

/** Sessions in the memory of this process, lost when the process ends. */
export class MemorySessionStore implements SessionStore {
  readonly #held = new Map<Digest, Held>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async save(digest: Digest, session: Session): Promise<void> {
    if (session.expiresAt <= this.#clock()) return;
    if (this.#held.size >= MAX_SESSIONS) this.#sweep();
    // A live session is never dropped for a new one.
    if (this.#held.size >= MAX_SESSIONS) throw new StoreUnavailableError('full');
    this.#held.set(digest, { session, claims: new Map() });
  }

  async find(digest: Digest): Promise<Session | undefined> {
    return this.#live(digest)?.session;
  }

  async remove(digest: Digest): Promise<void> {
    this.#held.delete(digest);
  }

  async removeAllOf(subject: string): Promise<void> {
    for (const [digest, { session }] of this.#held) if (session.subject === subject) this.#held.delete(digest);
  }

  async claim(digest: Digest, name: Digest, until: EpochSeconds): Promise<boolean> {
    const claims = this.#live(digest)?.claims;
    if (claims === undefined || (claims.get(name) ?? 0) > this.#clock()) return false;
    // The oldest claim belongs to a form that is hours old and is not submitted again.
    const [oldest] = claims.keys();
    if (claims.size >= MAX_CLAIMS_PER_SESSION && oldest !== undefined) claims.delete(oldest);
    claims.set(name, until);
    return true;
  }

  async release(digest: Digest, name: Digest): Promise<void> {
    this.#held.get(digest)?.claims.delete(name);
  }

  #live(digest: Digest): Held | undefined {
    const held = this.#held.get(digest);
    return held !== undefined && held.session.expiresAt > this.#clock() ? held : undefined;
  }

  #sweep(): void {
    const now = this.#clock();
    for (const [digest, { session }] of this.#held) if (session.expiresAt <= now) this.#held.delete(digest);
  }
}
