import type { Emit } from '../events/emitter';
import { OAuthError } from '../protocol/errors';
import type { Count, FailureCounters } from './failure-counters';
import { markOfNetwork } from './mark';

const RULE = 'signUpsPerNetwork';

export interface SignUpLimitServices {
  /** Shared by all gates that use one store. */
  readonly counters: Pick<FailureCounters, 'add' | 'takeBack'>;
  /** Maximum number of sign-ups per hour; `Infinity` for any number. */
  readonly maxPerHour: number;
  readonly emit: Emit;
}

/** Limits the sign-ups from one network, whatever accounts they request. */
export class SignUpLimit {
  readonly #services: SignUpLimitServices;

  constructor(services: SignUpLimitServices) {
    this.#services = services;
  }

  /**
   * Counts a sign-up, whether it creates a user or not, because the count must not reveal that a name is taken. One that
   * throws is taken back.
   * @throws OAuthError `invalid_request` (429) with `Retry-After`, before `signUp` is called, if the network is over the
   *   limit
   */
  async run<T>(address: string, signUp: () => Promise<T>): Promise<T> {
    const { counters, maxPerHour } = this.#services;
    if (maxPerHour === Infinity) return signUp();
    const { key, network } = markOfNetwork(RULE, address);
    const count = await counters.add(RULE, key);
    if (count.failures > maxPerHour) this.#refuse(network, count);
    try {
      return await signUp();
    } catch (error) {
      counters.takeBack(RULE, key).catch(() => undefined); // one that is counted too many is no reason to fail
      throw error;
    }
  }

  #refuse(network: string, { endsIn }: Count): never {
    const { emit, maxPerHour } = this.#services;
    emit({ type: 'limit', limit: RULE, network });
    throw new OAuthError(
      'invalid_request',
      `Too many sign-ups from this network: the limit is ${maxPerHour} per hour.`,
      {
        status: 429,
        headers: { 'Retry-After': String(Math.max(1, Math.ceil(endsIn / 1000))) },
      },
    );
  }
}
