import { digestOf, randomText } from '../protocol/secrets';
import type { Clock, Seconds } from '../protocol/time';
import type { Session, SessionStore } from './session-store';

/** Maximum lifetime of a session: a working day of eight hours. */
export const SESSION_LIFETIME: Seconds = 8 * 3600;

const sessionId = /^s[A-Za-z0-9_-]{43}$/;

/** Fields of a session that are set at sign-in. */
export type NewSession = Omit<Session, 'startedAt' | 'expiresAt'>;

export interface SessionLimit {
  /** Maximum number of sessions of one user, `Infinity` for any number. A new one ends the oldest. */
  readonly maxPerUser: number;
  /** Called when sessions of a user ended for a new one. */
  readonly onReached: (subject: string) => void;
}

const unlimited: SessionLimit = { maxPerUser: Infinity, onReached: () => undefined };

/** Sessions of the pages: the portal and the authorization endpoint. An id is 256 random bits and is only in the user's cookie; the store has its digest. */
export class Sessions {
  readonly #store: SessionStore;
  readonly #clock: Clock;
  readonly #limit: SessionLimit;

  constructor(store: SessionStore, clock: Clock, limit = unlimited) {
    this.#store = store;
    this.#clock = clock;
    this.#limit = limit;
  }

  /**
   * Begins a session under a new id. At the limit of the user, the oldest session of the user ends.
   * @param mayStillSignIn re-checks that the user may sign in. It is called after the session is stored, so that a
   *   concurrent call that ends the user's sessions either finds this one or is detected here. A rejection counts as
   *   `false`.
   * @returns the id, or `undefined` if the user may no longer sign in
   */
  async begin(user: NewSession, mayStillSignIn: () => Promise<boolean>): Promise<string | undefined> {
    const id = `s${randomText(32)}`;
    const startedAt = this.#clock();
    const session = { ...user, startedAt, expiresAt: startedAt + SESSION_LIFETIME };
    const ended = await this.#store.save(digestOf(id), session, this.#limit.maxPerUser);
    if (ended > 0) this.#limit.onReached(user.subject);
    if (await mayStillSignIn().catch(() => false)) return id;
    await this.end(id);
    return undefined;
  }

  /** Returns the live session of an id. A malformed id yields `undefined` without a request to the store. */
  async find(id: string): Promise<Session | undefined> {
    return sessionId.test(id) ? this.#store.find(digestOf(id)) : undefined;
  }

  async end(id: string): Promise<void> {
    if (sessionId.test(id)) await this.#store.remove(digestOf(id));
  }

  /** Ends all sessions of a user. After a failure, a repeated call ends those that are left. */
  async endAllOf(subject: string): Promise<void> {
    await this.#store.removeAllOf(subject);
  }

  /**
   * Checks whether a form is submitted for the first time in this session, so that a double click does not repeat its
   * effect.
   */
  async isFirstSubmission(id: string, form: string): Promise<boolean> {
    return this.#store.claim(digestOf(id), digestOf(form), this.#clock() + SESSION_LIFETIME);
  }

  /** Permits another submission of a form that had no effect. */
  async releaseSubmission(id: string, form: string): Promise<void> {
    await this.#store.release(digestOf(id), digestOf(form));
  }
}
