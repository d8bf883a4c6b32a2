import type { ServerResponse } from 'node:http';
import type { CountedRequest } from './request-counter';
import type { Refusal } from './refusals';

// The fields of draft-ietf-httpapi-ratelimit-headers-10.
const POLICY = 'RateLimit-Policy';
const STATE = 'RateLimit';

/** Returns the item of `RateLimit`. */
const stateOf = ({ policy, counted }: CountedRequest): string =>
  `${policy.quotedName};r=${counted.remaining};t=${counted.resetAfter}`;

/**
 * Describes the allowances of an admitted request in its response.
 * @returns false if it was sent meanwhile, the client has disconnected, or it is broken, so that nothing can be served
 */
export const describeCounted = (
  response: ServerResponse,
  counted: CountedRequest | readonly [CountedRequest, CountedRequest],
): boolean => {
  try {
    if (response.headersSent || response.destroyed) return false;
    if ('policy' in counted) {
      response.setHeader(POLICY, counted.policy.item);
      response.setHeader(STATE, stateOf(counted));
      return true;
    }
    const [first, second] = counted;
    response.setHeader(POLICY, `${first.policy.item}, ${second.policy.item}`);
    response.setHeader(STATE, `${stateOf(first)}, ${stateOf(second)}`);
    return true;
  } catch {
    response.destroy(); // Express treats a middleware that throws `undefined` like one that calls `next()`
    return false;
  }
};

/** Returns the refusal of a request that is beyond an allowance. */
export const refusalOf = (request: CountedRequest): Refusal => {
  const { policy, counted } = request;
  return {
    ...policy.refusal,
    headers: [
      ...policy.refusal.headers,
      ['Retry-After', String(counted.retryAfter)],
      [POLICY, policy.item],
      // The same instant as that of Retry-After, as the draft requests: with a burst it is before the end of the window.
      [STATE, `${policy.quotedName};r=0;t=${counted.retryAfter}`],
    ],
  };
};
