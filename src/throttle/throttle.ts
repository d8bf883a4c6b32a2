import type { Emit } from '../events/emitter';
import { Blocks } from './blocks';
import { createClientThrottle, type ClientThrottle } from './client-throttle';
import type { FailureCounters, Limits } from './failure-counters';
import { createSignInThrottle, type SignInAttempt, type SignInThrottle } from './sign-in-throttle';

/** Slows down guessing of passwords and client secrets. */
export interface Throttle extends SignInThrottle, ClientThrottle {}

/**
 * @param counters shared by all gates that use one store
 * @param inProcess counts in this process only, for ids that callers can make up without limit
 */
export const createThrottle = (
  counters: FailureCounters,
  limits: Limits,
  emit: Emit,
  inProcess: Pick<FailureCounters, 'add'>,
): Throttle => {
  const blocks = new Blocks(limits, emit);
  return {
    ...createSignInThrottle(counters, limits, blocks),
    ...createClientThrottle(counters, inProcess, blocks, new Blocks(limits, emit)),
  };
};

const neverRefused: SignInAttempt = { refused: false, failures: 0, settle: async () => undefined };

/** Refuses nothing, for hosts that throttle elsewhere. */
export const noThrottle: Throttle = {
  refuseBlockedAddress: () => undefined,
  beginSignIn: async () => neverRefused,
  unlock: async () => undefined,
  refuseBlockedClient: () => undefined,
  clientFailed: async () => undefined,
  unknownClient: async () => undefined,
  unknownClientFlood: () => undefined,
  unknownToken: async () => undefined,
};
