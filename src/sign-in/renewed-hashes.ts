import { kindOfError, type Logger } from '../events/logger';
import { digestOf } from '../protocol/secrets';
import type { Directory } from '../directory/directory';
import type { Passwords } from '../directory/passwords';
import type { Requester } from '../directory/requester';
import type { User } from '../directory/records';

/** Checks whether two records of a user are of the same password. Its hash may have been renewed in between. */
export const haveSamePassword = (before: User, { passwordHash, renewed }: User): boolean =>
  before.passwordHash === passwordHash ||
  (renewed?.from === digestOf(before.passwordHash) && renewed.to === digestOf(passwordHash));

/**
 * Renews hashes of users created at run time if the cost parameters have risen since. Runs after a sign-in, the only
 * time that the password is available.
 */
export class RenewedHashes {
  readonly #directory: Directory;
  readonly #passwords: Passwords;
  readonly #logger: Logger;
  readonly #renewing = new Set<string>();

  constructor(directory: Directory, passwords: Passwords, logger: Logger) {
    this.#directory = directory;
    this.#passwords = passwords;
    this.#logger = logger;
  }

  /**
   * Renews the hash of a user whose password was right, if it is weaker than the options require. Resolves when that is
   * done or has failed, and never rejects: the next sign-in tries again. The work counts for the requester of the sign-in.
   */
  async renew({ username, passwordHash }: User, password: string, requester: Requester): Promise<void> {
    if (!this.#passwords.isOutdated(passwordHash) || this.#directory.users.isDeclared(username)) return;
    if (this.#renewing.has(username)) return;
    this.#renewing.add(username);
    try {
      const { admission } = this.#passwords;
      const to = await admission.admit(requester, (place) => this.#passwords.hash(password, place));
      const renewed = { from: digestOf(passwordHash), to: digestOf(to) };
      // Keeps a password that was set during the hashing.
      await this.#directory.users.change(username, (present) =>
        present.passwordHash === passwordHash ? { ...present, passwordHash: to, renewed } : present,
      );
    } catch (error) {
      this.#logger.info(kindOfError(error), 'A password hash could not be renewed: the next sign-in tries again');
    } finally {
      this.#renewing.delete(username);
    }
  }
}
