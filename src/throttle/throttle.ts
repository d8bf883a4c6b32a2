import type { Emit } from '../events/emitter';
import { Blocks } from './blocks';
import { createClientThrottle, type ClientThrottle } from './client-throttle';
import type { FailureCounters, Limits } from './failure-counters';
import { createSignInThrottle, type SignInAttempt, type SignInThrottle } from './sign-in-throttle';

/** Makes guessing passwords and client secrets slow. */
export interface Throttle extends SignInThrottle, ClientThrottle {}

/**
 * @param counters are shared by all gates on one store
 * @param inProcess counts in this process alone what callers invent without limit
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

/** For hosts that throttle in another place. */
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
