import type { PasswordLink, PasswordLinkStore } from '../../directory/password-link-store';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Digest, LinkHolder } from '../../protocol/secrets';
import type { Clock } from '../../protocol/time';

const MAX_LINKS = 100_000;

interface Held {
  readonly digest: Digest;
  readonly link: PasswordLink;
}

/** Links to set a password, in the memory of this process. */
export class MemoryPasswordLinkStore implements PasswordLinkStore {
  readonly #held = new Map<LinkHolder, Held>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async save(holder: LinkHolder, digest: Digest, link: PasswordLink): Promise<void> {
    if (link.expiresAt <= this.#clock()) return;
    if (this.#held.size >= MAX_LINKS) this.#sweep();
    // A link that may still be used is never dropped for that of another user.
    if (this.#held.size >= MAX_LINKS && !this.#held.has(holder)) throw new StoreUnavailableError('full');
    this.#held.set(holder, { digest, link });
  }

  async find(holder: LinkHolder, digest: Digest): Promise<PasswordLink | undefined> {
    const held = this.#held.get(holder);
    return held?.digest === digest && held.link.expiresAt > this.#clock() ? held.link : undefined;
  }

  async take(holder: LinkHolder, digest: Digest): Promise<PasswordLink | undefined> {
    const held = this.#held.get(holder);
    if (held?.digest !== digest) return undefined;
    this.#held.delete(holder);
    return held.link.expiresAt > this.#clock() ? held.link : undefined;
  }

  async remove(holder: LinkHolder): Promise<void> {
    this.#held.delete(holder);
  }

  #sweep(): void {
    const now = this.#clock();
    for (const [holder, { link }] of this.#held) if (link.expiresAt <= now) this.#held.delete(holder);
  }
}
