import { digestOf, randomText } from '../protocol/secrets';
import type { Clock, Seconds } from '../protocol/time';
import type { Session, SessionStore } from './session-store';

/** How long a session lasts at the most: a working day. */
export const SESSION_LIFETIME: Seconds = 8 * 3600;

const sessionId = /^s[A-Za-z0-9_-]{43}$/;

/** The fields of a user who signs in. */
export type NewSession = Omit<Session, 'startedAt' | 'expiresAt'>;

/** Sessions of the Store. An id is 256 random bits and lives in the user's cookie alone; the store has its digest. */
export class Sessions {
  readonly #store: SessionStore;
  readonly #clock: Clock;

  constructor(store: SessionStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Begins a session under a new id.
   * @param stillHolds is called once the session is stored: a concurrent call that ends the user's sessions has either found this one, or
   *   is noticed here.
   * @returns the id, or `undefined` when the user may not come in any more.
   */
  async begin(user: NewSession, stillHolds: () => Promise<boolean>): Promise<string | undefined> {
    const id = `s${randomText(32)}`;
    const startedAt = this.#clock();
    await this.#store.save(digestOf(id), { ...user, startedAt, expiresAt: startedAt + SESSION_LIFETIME });
    if (await stillHolds().catch(() => false)) return id;
    await this.end(id);
    return undefined;
  }

  /** The session of an id. A text that cannot be an id is refused without asking the store. */
  async find(id: string): Promise<Session | undefined> {
    return sessionId.test(id) ? this.#store.find(digestOf(id)) : undefined;
  }

  async end(id: string): Promise<void> {
    if (sessionId.test(id)) await this.#store.remove(digestOf(id));
  }

  /** Ends all sessions of a user. */
  async endAllOf(subject: string): Promise<void> {
    await this.#store.removeAllOf(subject);
  }

  /** Checks whether a form is sent for the first time in this session: a double click must not do things twice. */
  async isFirstSending(id: string, form: string): Promise<boolean> {
    return this.#store.claim(digestOf(id), digestOf(form), this.#clock() + SESSION_LIFETIME);
  }

  /** A form was sent and did nothing: it may be sent again. */
  async forgetSending(id: string, form: string): Promise<void> {
    await this.#store.release(digestOf(id), digestOf(form));
  }
}
