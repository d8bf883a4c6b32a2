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
  /** The sessions of each user, so that ending them does not read those of others. */
  readonly #bySubject = new Map<string, Set<Digest>>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async save(digest: Digest, session: Session, maxOfUser: number): Promise<number> {
    if (session.expiresAt <= this.#clock()) return 0;
    const { subject } = session;
    const ended = this.#makeRoom(subject, maxOfUser);
    if (this.#held.size >= MAX_SESSIONS) this.#sweep(this.#held.keys());
    // A live session is never dropped for one of another user.
    if (this.#held.size >= MAX_SESSIONS) throw new StoreUnavailableError('full');
    this.#held.set(digest, { session, claims: new Map() });
    const own = this.#bySubject.get(subject);
    if (own === undefined) this.#bySubject.set(subject, new Set([digest]));
    else own.add(digest);
    return ended;
  }

  async find(digest: Digest): Promise<Session | undefined> {
    return this.#live(digest)?.session;
  }

  async remove(digest: Digest): Promise<void> {
    this.#end(digest);
  }

  async removeAllOf(subject: string): Promise<void> {
    for (const digest of this.#bySubject.get(subject) ?? []) this.#end(digest);
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

  #end(digest: Digest): void {
    const subject = this.#held.get(digest)?.session.subject;
    if (subject === undefined) return;
    this.#held.delete(digest);
    const own = this.#bySubject.get(subject);
    own?.delete(digest);
    if (own?.size === 0) this.#bySubject.delete(subject);
  }

  /** Ends the sessions of a user that expire first, so that the user may have one more. @returns their number */
  #makeRoom(subject: string, max: number): number {
    const own = this.#bySubject.get(subject);
    if (own === undefined || own.size < max) return 0;
    this.#sweep(own);
    const expiryOf = (digest: Digest): EpochSeconds => this.#held.get(digest)?.session.expiresAt ?? 0;
    const first = [...own]
      .sort((one, other) => expiryOf(one) - expiryOf(other))
      .slice(0, Math.max(0, own.size + 1 - max));
    for (const digest of first) this.#end(digest);
    return first.length;
  }

  /** Drops expired sessions. */
  #sweep(digests: Iterable<Digest>): void {
    for (const digest of digests) if (this.#live(digest) === undefined) this.#end(digest);
  }
}
