import type { SignUpAdded, SignUpStore, WaitingName } from '../../directory/sign-up-store';
import type { Clock, EpochSeconds } from '../../protocol/time';

/** Names of users whose sign-up waits for approval, in the memory of this process. */
export class MemorySignUpStore implements SignUpStore {
  readonly #held = new Map<string, Map<string, EpochSeconds>>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async add(organization: string, { username, expiresAt }: WaitingName, max: number): Promise<SignUpAdded> {
    const now = this.#clock();
    const names = this.#held.get(organization) ?? new Map<string, EpochSeconds>();
    const waiting = [...names.values()].filter((end) => end > now);
    if (waiting.length >= max) return 'limited';
    this.#held.set(organization, names);
    if ((names.get(username) ?? 0) <= now) names.set(username, expiresAt);
    return 'stored';
  }

  async remove(organization: string, username: string): Promise<void> {
    const names = this.#held.get(organization);
    names?.delete(username);
    if (names?.size === 0) this.#held.delete(organization);
  }

  async list(organization: string): Promise<readonly WaitingName[]> {
    return [...(this.#held.get(organization) ?? [])]
      .map(([username, expiresAt]) => ({ username, expiresAt }))
      .sort((one, other) => one.expiresAt - other.expiresAt);
  }
}
