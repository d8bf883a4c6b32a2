import type { Milliseconds, Seconds } from '../protocol/time';
import type { Counted } from './quotas';

/** Returns whole seconds, rounded up; 0 for a time that has passed. */
export const toSeconds = (time: Milliseconds): Seconds => (time > 0 ? Math.ceil(time / 1000) : 0);

export const admit = (remaining: number, resetAfter: Milliseconds): Counted => ({
  isAdmitted: true,
  remaining,
  resetAfter: toSeconds(resetAfter),
  retryAfter: 0,
});

export const refuse = (remaining: number, resetAfter: Milliseconds, retryAfter: Milliseconds): Counted => ({
  isAdmitted: false,
  remaining,
  resetAfter: toSeconds(resetAfter),
  retryAfter: Math.max(1, toSeconds(retryAfter)),
});
