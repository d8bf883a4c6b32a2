import type { Count } from './failure-counters';
import { refuseBeyond, type HourlyLimitServices } from './hourly-limit';
import { markOfNetwork } from './mark';

/** Limits how often one network does something within an hour, whatever accounts or clients it names. */
export class NetworkLimit {
  readonly #services: HourlyLimitServices;

  constructor(services: HourlyLimitServices) {
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
    return refuseBeyond(`Too many ${counted} from this network: the limit is ${maxPerHour} per hour.`, count);
  }
}
