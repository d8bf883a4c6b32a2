import { hash, verify } from '@node-rs/argon2';
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

const MOST_MEMORY_KIB = 1_048_576;
const MOST_PASSES = 16;

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;

/** Whether a stored hash is one that may be worked on: the right scheme, whole, and not a claim on all memory. */
export const isPasswordHash = (text: string): boolean => {
  const [, memory, passes, lanes] = phc.exec(text) ?? [];
  return Number(memory) <= MOST_MEMORY_KIB && Number(passes) <= MOST_PASSES && Number(lanes) <= MOST_PASSES;
};

// RFC 8265 §4.2 (OpaqueString): composed; what people type as a space is a space.
const normalPassword = (password: string): string => password.normalize('NFC').replace(/\p{Zs}/gu, ' ');

/** argon2id off the main thread, a few at a time. */
export class Passwords {
  readonly #settings: PasswordSettings;
  readonly #queue: WorkQueue;
  readonly #decoy: Promise<string>;
  #lastDeclared: Promise<unknown>;

  constructor(settings: PasswordSettings) {
    this.#settings = settings;
    this.#queue = new WorkQueue(settings);
    // Verified where there is no user, so that an unknown name takes as long as a wrong password.
    this.#decoy = this.#hash(randomText(16));
    this.#lastDeclared = this.#decoy.catch(() => undefined);
  }

  async hash(password: string): Promise<string> {
    return this.#queue.run(() => this.#hash(normalPassword(password)));
  }

  /** Hashes a declared password: behind the start, one after the other, and whatever number of them there is. */
  hashDeclared(password: string): Promise<string> {
    const hashed = this.#lastDeclared.then(() => this.#hash(normalPassword(password)));
    this.#lastDeclared = hashed.catch(() => undefined);
    return hashed;
  }

  /** `undefined` stands for a user who does not exist: the work is done all the same. */
  async verify(passwordHash: string | undefined, password: string): Promise<boolean> {
    const usable = passwordHash !== undefined && isPasswordHash(passwordHash);
    const against = usable ? passwordHash : await this.#decoy;
    const right = await this.#queue.run(() => verify(against, normalPassword(password)));
    return usable && right;
  }

  #hash(password: string): Promise<string> {
    const { memoryCost, timeCost, parallelism } = this.#settings;
    return hash(password, { memoryCost, timeCost, parallelism, algorithm: 2 });
  }
}
