import type { Subscriber } from '../directory/subscribers';
import { planNameOf } from '../directory/subscriptions';
import type { Environment } from '../tokens/records';
import type { Policy } from './policies';

/** A policy, and the key of one of its counters. */
export interface PolicyCounter {
  readonly policy: Policy;
  readonly key: string;
}

type CountersOfSubscriber = Readonly<Record<Environment, PolicyCounter>>;

/** The counters of the plans of one API: one for each application and environment. */
export class PlanCounters {
  readonly #api: string;
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #default: Policy;
  readonly #counters = new WeakMap<Subscriber, CountersOfSubscriber>();

  /** @param policies of its plans */
  constructor(api: string, [first, ...others]: readonly [Policy, ...Policy[]]) {
    this.#api = api;
    this.#default = first;
    this.#policies = new Map([first, ...others].map((policy) => [policy.limited.plan ?? '', policy] as const));
  }

  /** Returns the counter of a subscription. If the API no longer has its plan, the default one applies. */
  of(subscriber: Subscriber, environment: Environment): PolicyCounter {
    const known = this.#counters.get(subscriber);
    if (known !== undefined) return known[environment];
    const policy = this.#policies.get(planNameOf(subscriber, this.#api) ?? '') ?? this.#default;
    const counterIn = (name: Environment) => ({ policy, key: `plan ${subscriber.id} ${name} ${this.#api}` });
    const counters = { production: counterIn('production'), sandbox: counterIn('sandbox') };
    this.#counters.set(subscriber, counters);
    return counters[environment];
  }
}
