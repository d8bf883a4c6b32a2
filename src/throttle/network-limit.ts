import type { Emit } from '../events/emitter';
import type { LimitName } from '../events/gate-events';
import { OAuthError } from '../protocol/errors';
import type { Count, FailureCounters, Rule } from './failure-counters';
import { markOfNetwork } from './mark';

export interface NetworkLimitServices {
  /** The rule of the counters, which is also the name of the limit. */
  readonly rule: Rule & LimitName;
  /** Plural noun for the message, such as `sign-ups`. */
  readonly counted: string;
  /** Shared by all gates that use one store. */
  readonly counters: Pick<FailureCounters, 'add' | 'takeBack'>;
  /** Maximum number per hour; `Infinity` for any number. */
  readonly maxPerHour: number;
  readonly emit: Emit;
}

/** Limits how often one network does something within an hour, whatever accounts or clients it names. */
export class NetworkLimit {
  readonly #services: NetworkLimitServices;

  constructor(services: NetworkLimitServices) {
    this.#services = services;
  }

  /**
   * Counts an act, whatever its result, because the count of sign-ups must not reveal that a name is taken. One that
   * throws is taken back.
   * @throws OAuthError `invalid_request` (429) with `Retry-After`, before `act` is called, if the network is over the
   *   limit
   */
  async run<T>(address: string, act: () => Promise<T>): Promise<T> {
    const { rule, counters, maxPerHour } = this.#services;
    if (maxPerHour === Infinity) return act();
    const { key, network } = markOfNetwork(rule, address);
    const count = await counters.add(rule, key);
    if (count.failures > maxPerHour) this.#refuse(network, count);
    try {
      return await act();
    } catch (error) {
      counters.takeBack(rule, key).catch(() => undefined); // one that is counted too many is no reason to fail
      throw error;
    }
  }

  #refuse(network: string, { endsIn }: Count): never {
    const { rule, counted, emit, maxPerHour } = this.#services;
    emit({ type: 'limit', limit: rule, network });
    throw new OAuthError(
      'invalid_request',
      `Too many ${counted} from this network: the limit is ${maxPerHour} per hour.`,
      {
        status: 429,
        headers: { 'Retry-After': String(Math.max(1, Math.ceil(endsIn / 1000))) },
      },
    );
  }
}
