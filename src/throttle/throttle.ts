import type { Emit } from '../events/emitter';
import { Blocks } from './blocks';
import { createClientThrottle, type ClientThrottle } from './client-throttle';
import type { FailureCounters, Limits } from './failure-counters';
import { uncountedAttempt } from './sign-in-attempt';
import { createSignInThrottle, type SignInThrottle } from './sign-in-throttle';

/** Slows down guessing of passwords and client secrets. */
export interface Throttle extends SignInThrottle, ClientThrottle {}

export interface ThrottleServices {
  /** Shared by all gates that use one store. */
  readonly counters: FailureCounters;
  /** Counts in this process only, for ids that callers can make up without limit. */
  readonly inProcess: Pick<FailureCounters, 'add'>;
  readonly limits: Limits;
  readonly emit: Emit;
}

export const createThrottle = ({ counters, inProcess, limits, emit }: ThrottleServices): Throttle => {
  const blocks = new Blocks(limits, emit);
  const unknownBlocks = new Blocks(limits, emit);
  return {
    ...createSignInThrottle(counters, limits, blocks),
    ...createClientThrottle({ counters, inProcess, blocks, unknownBlocks }),
  };
};

const neverRefused = uncountedAttempt({ refused: false, failures: 0 });

/** Refuses nothing, for hosts with a limiter of their own. */
export const noThrottle: Throttle = {
  refuseBlockedAddress: () => undefined,
  beginSignIn: async (_account, _address, place) => {
    place?.take();
    return neverRefused;
  },
  countWrongCode: async () => undefined,
  findLock: async () => undefined,
  unlock: async () => undefined,
  refuseBlockedClient: () => undefined,
  countFailedClient: async () => undefined,
  countUnknownClient: async () => undefined,
  findFlood: () => undefined,
  countUnknownToken: async () => undefined,
};
