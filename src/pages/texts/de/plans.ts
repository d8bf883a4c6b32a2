import type { Texts } from '../texts';
import { durationAfterPreposition } from './durations';
import { phrases } from './phrases';

const requestsOf = (count: number): string => `${phrases.number(count)} ${count === 1 ? 'Anfrage' : 'Anfragen'}`;

export const plans: Texts['plans'] = {
  plan: 'Plan',
  allowance: (requests, per, burst) => {
    const span = phrases.duration(per);
    const rate = span.startsWith('1 ')
      ? `${requestsOf(requests)} pro ${span.slice(2)}`
      : `${requestsOf(requests)} in ${durationAfterPreposition(per)}`;
    return burst === undefined ? rate : `${rate}, höchstens ${phrases.number(burst)} auf einmal`;
  },
  left: (remaining, requests, resetAfter) => {
    const left = `${phrases.number(remaining)} von ${requestsOf(requests)} übrig`;
    return resetAfter === undefined ? left : `${left}; wird in ${durationAfterPreposition(resetAfter)} zurückgesetzt`;
  },
  planLine: (plan) => `Plan ${plan}`,
  change: 'Plan ändern',
};
