import { phrases } from './phrases';

const requestsOf = (count: number): string => `${phrases.number(count)} ${count === 1 ? 'request' : 'requests'}`;

/** Texts about plans and limits. */
export const plans = {
  plan: 'Plan',
  /** @param burst requests that may arrive together, if they are fewer. @param per seconds */
  allowance: (requests: number, per: number, burst?: number) => {
    const rate = `${requestsOf(requests)} per ${phrases.duration(per).replace(/^1 /, '')}`;
    return burst === undefined ? rate : `${rate}, at most ${phrases.number(burst)} together`;
  },
  /** @param resetAfter seconds; absent if nothing is used */
  left: (remaining: number, requests: number, resetAfter?: number) => {
    const left = `${phrases.number(remaining)} of ${requestsOf(requests)} left`;
    return resetAfter === undefined ? left : `${left}; resets in ${phrases.duration(resetAfter)}`;
  },
  planLine: (plan: string) => `Plan ${plan}`,
  change: 'Change plan',
};
