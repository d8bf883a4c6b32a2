import { hash, verify } from '@node-rs/argon2';
import { processWarnings, type Logger } from '../events/logger';
import { randomText } from '../protocol/secrets';
import { costFor, costOf, isWeaker, workOf, type PasswordCost } from './password-work';
import { MANAGEMENT } from './requester';
import { WorkQueue, type OnRefused, type WorkPlace, type WorkQueueOptions } from './work-queue';

export interface PasswordSettings extends WorkQueueOptions, PasswordCost {}

/** Maximum size of a password in bytes. Passwords are never truncated. */
export const MAX_PASSWORD_BYTES = 1024;

// UNICODECHARNOCRLF without the tab, RFC 6749 appendix A.15 and A.16
const credentialText = /^[\x20-\x7E\x80-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u;

/** Checks whether a string may be the user name or the password of a token request. */
export const isCredentialText = (value: string, maxBytes: number): boolean =>
  Buffer.byteLength(value) <= maxBytes && credentialText.test(value);

const MAX_USERNAME_LENGTH = 512;
const MAX_USERNAME_BYTES = 4 * MAX_USERNAME_LENGTH;

/** Checks whether two strings may be the credentials of a sign-in. */
export const areCredentials = (username: string, password: string): boolean =>
  username.length <= MAX_USERNAME_LENGTH &&
  isCredentialText(username, MAX_USERNAME_BYTES) &&
  isCredentialText(password, MAX_PASSWORD_BYTES);

// RFC 8265 §4.2 (OpaqueString): composed (NFC), and every kind of space becomes an ASCII space.
export const normalPassword = (password: string): string => password.normalize('NFC').replace(/\p{Zs}/gu, ' ');

/** Hashes and verifies passwords with argon2id, off the main thread, a few at a time. */
export class Passwords {
  readonly #settings: PasswordSettings;
  /** Gives requests their place among those that wait for password work. */
  readonly admission: Pick<WorkQueue, 'admit' | 'load'>;
  readonly #decoy: Promise<string>;
  readonly #logger: Logger;
  #lastDeclared: Promise<unknown>;
  /** Work of the costliest hash that this process has read. A failed sign-in takes as long as this hash. */
  #maxWork: number;

  /** @param onRefused is called for each request that is refused for its wait or for a limit. @default nothing */
  constructor(settings: PasswordSettings, logger: Logger = processWarnings, onRefused?: OnRefused) {
    this.#logger = logger;
    this.#settings = settings;
    this.#maxWork = workOf(settings);
    this.admission = new WorkQueue(settings, onRefused);
    // Verified if there is no user, so that an unknown name takes as long as a wrong password.
    this.#decoy = this.#hash(randomText(16));
    this.#lastDeclared = this.#decoy.catch(() => undefined);
  }

  /**
   * Hashes a password in its turn.
   * @param place of the request. @default one for a call of the host application
   * @throws OAuthError `temporarily_unavailable` if there is no room or the wait was too long
   */
  async hash(password: string, place?: WorkPlace): Promise<string> {
    return this.#inTurn(place, () => this.#hash(normalPassword(password)));
  }

  /** Accepts a declared hash. Logs a warning if its cost parameters differ: it can only be renewed in the options. */
  acceptDeclared(passwordHash: string): string {
    const { memoryCost, timeCost, parallelism } = this.#settings;
    if (!passwordHash.includes(`$m=${memoryCost},t=${timeCost},p=${parallelism}$`)) {
      this.#logger.warn(
        { memoryCost, timeCost, parallelism },
        'A declared passwordHash does not have these argon2 cost parameters: hash the password again with them',
      );
    }
    const cost = costOf(passwordHash);
    if (cost !== undefined) this.#noteWork(cost);
    return passwordHash;
  }

  /** Checks whether a hash is weaker than new ones, so that it is to be renewed when its password is next sent. */
  isOutdated(passwordHash: string): boolean {
    const cost = costOf(passwordHash);
    return cost !== undefined && isWeaker(cost, this.#settings);
  }

  /** Hashes a declared password in the background after startup: one at a time, and however many there are. */
  hashDeclared(password: string): Promise<string> {
    const hashed = this.#lastDeclared.then(() => this.#hash(normalPassword(password)));
    this.#lastDeclared = hashed.catch(() => undefined);
    return hashed;
  }

  /** Verifies a declared password against a hash of an earlier start, in the same order. A broken hash is never right. */
  verifyDeclared(passwordHash: string, password: string): Promise<boolean> {
    const verified = this.#lastDeclared.then(() => verify(passwordHash, normalPassword(password)).catch(() => false));
    this.#lastDeclared = verified;
    return verified;
  }

  /**
   * Verifies a password in its turn. `undefined` means that the user does not exist; the work is done all the same. Every
   * failure takes as long as the costliest hash, so that a hash with other cost parameters does not reveal that its user
   * exists.
   * @param place of the request. @default one for a call of the host application
   * @throws OAuthError `temporarily_unavailable` if there is no room or the wait was too long
   */
  async verify(passwordHash: string | undefined, password: string, place?: WorkPlace): Promise<boolean> {
    const decoy = await this.#decoy;
    const cost = passwordHash === undefined ? undefined : costOf(passwordHash);
    if (passwordHash !== undefined && cost === undefined) this.#reportBrokenHash();
    if (cost !== undefined) this.#noteWork(cost);
    const against = cost === undefined || passwordHash === undefined ? decoy : passwordHash;
    return this.#inTurn(place, async () => {
      const isRight = (await this.#verify(against, normalPassword(password), decoy)) && against !== decoy;
      if (!isRight) await this.#doRemainingWork(workOf(cost ?? this.#settings));
      return isRight;
    });
  }

  #inTurn<T>(place: WorkPlace | undefined, job: () => Promise<T>): Promise<T> {
    return place === undefined ? this.admission.admit(MANAGEMENT, (own) => own.run(job)) : place.run(job);
  }

  /** Verifies against one hash. A broken hash matches no password; verifying the decoy instead takes as long. */
  async #verify(against: string, password: string, decoy: string): Promise<boolean> {
    try {
      return await verify(against, password);
    } catch {
      this.#reportBrokenHash();
      await verify(decoy, password);
      return false;
    }
  }

  /** Hashes until as much work is done as the costliest hash takes. */
  async #doRemainingWork(done: number): Promise<void> {
    const cost = costFor(this.#maxWork - done, this.#settings.memoryCost);
    if (cost !== undefined) await hash('', { ...cost, algorithm: 2 });
  }

  #noteWork(cost: PasswordCost): void {
    this.#maxWork = Math.max(this.#maxWork, workOf(cost));
  }

  #reportBrokenHash(): void {
    this.#logger.error({}, 'A stored password hash cannot be used: its user is refused until a new password is set');
  }

  #hash(password: string): Promise<string> {
    const { memoryCost, timeCost, parallelism } = this.#settings;
    return hash(password, { memoryCost, timeCost, parallelism, algorithm: 2 });
  }
}
