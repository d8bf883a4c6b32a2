import type { ImportedAllowance } from '../imported-gateway';
import type { SourceNode } from '../source-node';

const PER_MINUTE = 60;
const MAX_REQUESTS = 1_000_000_000;
const MAX_SECONDS = 2_678_400;

/** The policies that WSO2 API Manager has when it is installed, in requests per minute. */
const INSTALLED: Readonly<Record<string, number>> = {
  Bronze: 1_000,
  Silver: 2_000,
  Gold: 5_000,
  Unauthenticated: 500,
  '10KPerMin': 10_000,
  '20KPerMin': 20_000,
  '50KPerMin': 50_000,
};

const UNLIMITED = new Set(['Unlimited', 'DefaultSubscriptionless', 'AsyncUnlimited', '']);

const SECONDS: Readonly<Record<string, number>> = {
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  ms: 0.001,
};

const allowanceOf = (
  count: number | undefined,
  time: number | undefined,
  unit: string,
): ImportedAllowance | undefined => {
  const seconds = Math.ceil(
    (time ?? 0) * (SECONDS[unit.toLowerCase().replace(/s$/, '')] ?? SECONDS[unit.toLowerCase()] ?? 0),
  );
  if (count === undefined || count < 1 || seconds < 1) return undefined;
  return { requests: Math.min(Math.floor(count), MAX_REQUESTS), per: Math.min(seconds, MAX_SECONDS) };
};

/** The numbers of throttling policies: those of the export, else those that are installed. */
export class ThrottlingPolicies {
  readonly #exported = new Map<string, ImportedAllowance>();

  constructor(policies: readonly SourceNode[]) {
    for (const policy of policies) this.#addExported(policy);
  }

  #addExported(policy: SourceNode): void {
    const limit = policy.get('defaultLimit').map().get('requestCount').map();
    const name = policy.get('policyName').text();
    const allowance = allowanceOf(
      limit.get('requestCount').number(),
      limit.get('unitTime').number(),
      limit.get('timeUnit').text() ?? 'min',
    );
    if (name !== undefined && allowance !== undefined) this.#exported.set(name, allowance);
  }

  /** Adds the numbers of a tier of version 2, which are in the API itself. */
  addTier(tier: SourceNode): void {
    const name = tier.get('name').text();
    const count = tier.get('requestCount').number();
    if (name === undefined || UNLIMITED.has(name) || (count ?? 0) >= 2_147_483_647) return;
    const allowance = allowanceOf(count, tier.get('unitTime').number(), tier.get('timeUnit').text() ?? 'ms');
    if (allowance !== undefined) this.#exported.set(name, allowance);
  }

  /** Returns the numbers of a policy; `unlimited`, or `undefined` if they are unknown. */
  find(name: string): ImportedAllowance | 'unlimited' | undefined {
    const exported = this.#exported.get(name);
    if (exported !== undefined) return exported;
    if (UNLIMITED.has(name)) return 'unlimited';
    const requests = Object.hasOwn(INSTALLED, name) ? INSTALLED[name] : undefined;
    return requests === undefined ? undefined : { requests, per: PER_MINUTE };
  }
}

/** A plan that limits nothing in practice, beside others that do. */
export const UNLIMITED_PLAN: ImportedAllowance = { requests: MAX_REQUESTS, per: PER_MINUTE };
