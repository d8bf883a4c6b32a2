import { refuseBeyond, type HourlyLimitServices } from './hourly-limit';
import { keyOf } from './mark';

/** Limits how often one user does something within an hour, from whatever network. */
export class AccountLimit {
  readonly #services: HourlyLimitServices;

  constructor(services: HourlyLimitServices) {
    this.#services = services;
  }

  /** Counts an act. @throws OAuthError `invalid_request` (429) with `Retry-After` if the user is over the limit */
  async count(subject: string): Promise<void> {
    const { rule, counted, counters, maxPerHour, emit } = this.#services;
    if (maxPerHour === Infinity) return;
    const count = await counters.add(rule, keyOf(subject));
    if (count.failures <= maxPerHour) return;
    emit({ type: 'limit', limit: rule, subject });
    refuseBeyond(count, { sentence: `Too many ${counted}: the limit is ${maxPerHour} per hour.` });
  }
}
