import type { NetworkLimitName } from '../protocol/problems';
import type { Count } from './failure-counters';
import { refuseBeyond, type HourlyLimitServices } from './hourly-limit';
import { markOfNetwork } from './mark';

export interface NetworkLimitServices extends HourlyLimitServices {
  readonly rule: HourlyLimitServices['rule'] & NetworkLimitName;
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

  #refuse(network: string, count: Count): never {
    const { rule, counted, emit, maxPerHour } = this.#services;
    emit({ type: 'limit', limit: rule, network });
    return refuseBeyond(count, {
      sentence: `Too many ${counted} from this network: the limit is ${maxPerHour} per hour.`,
      problem: { name: 'too_many_from_network', limit: rule, max: maxPerHour },
    });
  }
}
