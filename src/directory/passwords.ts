import { hash, verify } from '@node-rs/argon2';
import { processWarnings, type Logger } from '../events/logger';
import { randomText } from '../protocol/secrets';
import { WorkQueue, type WorkQueueOptions } from './work-queue';

export interface PasswordSettings extends WorkQueueOptions {
  /** KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** Most bytes of a password. Nothing inside the bound is cut off. */
export const LONGEST_PASSWORD_BYTES = 1024;

// UNICODECHARNOCRLF without the tab, RFC 6749 appendix A.15 and A.16
const credentialText = /^[\x20-\x7E\x80-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u;

/** Whether a text may be a user name or a password as it comes in a token request. */
export const isCredentialText = (value: string, mostBytes: number): boolean =>
  Buffer.byteLength(value) <= mostBytes && credentialText.test(value);

const LONGEST_USERNAME = 512;
const LONGEST_USERNAME_BYTES = 4 * LONGEST_USERNAME;

/** Whether two texts may be what somebody signs in with. */
export const areCredentials = (username: string, password: string): boolean =>
  username.length <= LONGEST_USERNAME &&
  isCredentialText(username, LONGEST_USERNAME_BYTES) &&
  isCredentialText(password, LONGEST_PASSWORD_BYTES);

const MOST_MEMORY_KIB = 1_048_576;
const MOST_PASSES = 16;
const MOST_LANES = 16;
const LEAST_KIB_PER_LANE = 8; // RFC 9106 §3.1

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;

/** Whether a stored hash is one that may be worked on: the right scheme, whole, and not a claim on all memory. */
export const isPasswordHash = (text: string): boolean => {
  const [, memory, passes, lanes] = phc.exec(text) ?? [];
  const within = (value: number, least: number, most: number): boolean => value >= least && value <= most;
  return (
    within(Number(passes), 1, MOST_PASSES) &&
    within(Number(lanes), 1, MOST_LANES) &&
    within(Number(memory), LEAST_KIB_PER_LANE * Number(lanes), MOST_MEMORY_KIB)
  );
};

// RFC 8265 §4.2 (OpaqueString): composed; what people type as a space is a space.
export const normalPassword = (password: string): string => password.normalize('NFC').replace(/\p{Zs}/gu, ' ');

/** argon2id off the main thread, a few at a time. */
export class Passwords {
  readonly #settings: PasswordSettings;
  readonly #queue: WorkQueue;
  readonly #decoy: Promise<string>;
  readonly #logger: Logger;
  #lastDeclared: Promise<unknown>;

  constructor(settings: PasswordSettings, logger: Logger = processWarnings) {
    this.#logger = logger;
    this.#settings = settings;
    this.#queue = new WorkQueue(settings);
    // Verified where there is no user, so that an unknown name takes as long as a wrong password.
    this.#decoy = this.#hash(randomText(16));
    this.#lastDeclared = this.#decoy.catch(() => undefined);
  }

  async hash(password: string): Promise<string> {
    return this.#queue.run(() => this.#hash(normalPassword(password)));
  }

  /** Takes a declared hash. One of other figures takes another time than the decoy, which tells that its user exists. */
  takeDeclared(passwordHash: string): string {
    const { memoryCost, timeCost, parallelism } = this.#settings;
    if (!passwordHash.includes(`$m=${memoryCost},t=${timeCost},p=${parallelism}$`)) {
      this.#logger.warn(
        { memoryCost, timeCost, parallelism },
        'A declared passwordHash has other argon2 figures than these: the time of a sign-in tells that its user exists',
      );
    }
    return passwordHash;
  }

  /** Hashes a declared password: behind the start, one after the other, and whatever number of them there is. */
  hashDeclared(password: string): Promise<string> {
    const hashed = this.#lastDeclared.then(() => this.#hash(normalPassword(password)));
    this.#lastDeclared = hashed.catch(() => undefined);
    return hashed;
  }

  /**
   * Does what ends in `verify`, or refuses it before it has cost anything.
   * @throws OAuthError `temporarily_unavailable` when there is no room for one more password, whoever's it is.
   */
  admit<T>(signIn: () => Promise<T>): Promise<T> {
    return this.#queue.admit(signIn);
  }

  /** `undefined` stands for a user who does not exist: the work is done all the same. */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const decoy = await this.#decoy;
    const against = passwordHash !== undefined && isPasswordHash(passwordHash) ? passwordHash : decoy;
    if (passwordHash !== undefined && against === decoy) this.#tellOfBrokenHash();
    const right = await this.#queue.run(() => this.#verify(against, normalPassword(password), decoy));
    return right && against !== decoy;
  }

  /** A stored hash that turns out to be broken is nobody's password; the decoy makes it take as long. */
  async #verify(against: string, password: string, decoy: string): Promise<boolean> {
    try {
      return await verify(against, password);
    } catch {
      this.#tellOfBrokenHash();
      await verify(decoy, password);
      return false;
    }
  }

  #tellOfBrokenHash(): void {
    this.#logger.error({}, 'A stored password hash cannot be used: its user is refused until the password is set anew');
  }

  #hash(password: string): Promise<string> {
    const { memoryCost, timeCost, parallelism } = this.#settings;
    return hash(password, { memoryCost, timeCost, parallelism, algorithm: 2 });
  }
}
