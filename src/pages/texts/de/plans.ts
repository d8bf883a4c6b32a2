import type { Texts } from '../texts';
import { phrases } from './phrases';

const requestsOf = (count: number): string => `${phrases.number(count)} ${count === 1 ? 'Anfrage' : 'Anfragen'}`;

/** A time span in the dative: "in 3 Tagen", "in 1 Stunde". */
const dativeOf = (seconds: number): string => phrases.duration(seconds).replace(/Tage$/, 'Tagen');

export const plans: Texts['plans'] = {
  plan: 'Plan',
  allowance: (requests, per, burst) => {
    const rate = `${requestsOf(requests)} pro ${phrases.duration(per).replace(/^1 /, '')}`;
    return burst === undefined ? rate : `${rate}, höchstens ${phrases.number(burst)} auf einmal`;
  },
  left: (remaining, requests, resetAfter) => {
    const left = `${phrases.number(remaining)} von ${requestsOf(requests)} übrig`;
    return resetAfter === undefined ? left : `${left}; wird in ${dativeOf(resetAfter)} zurückgesetzt`;
  },
  planLine: (plan) => `Plan ${plan}`,
  change: 'Plan ändern',
};
