import { OAuthError } from '../protocol/errors';
import type { Throttle } from '../throttle/throttle';
import {
  wrongCredentials,
  type ResourceOwner,
  type ResourceOwners,
  type SignIn,
  type UnthrottledOwners,
} from './resource-owners';
import { accountOf } from './account-key';

/**
 * Resource owners whose passwords cannot be guessed without a limit.
 * @param onFailed is called after each sign-in with a wrong name or password. @default nothing
 */
export const throttledOwners = (
  owners: UnthrottledOwners,
  throttle: Throttle,
  onFailed: (signIn: SignIn) => void = () => undefined,
): ResourceOwners => {
  const countAndAuthenticate = async (signIn: SignIn): Promise<ResourceOwner> => {
    const account = accountOf(signIn.username);
    const attempt = await throttle.beginSignIn(account, signIn.address);
    if (attempt.refused) {
      await owners.spendEqualTime(signIn);
      onFailed(signIn);
      throw wrongCredentials(attempt.failures);
    }
    const owner = await owners.authenticate(signIn).catch(async (thrown: unknown) => {
      const failed = thrown instanceof OAuthError && thrown.code === 'invalid_grant';
      await attempt.settle(failed ? 'failed' : 'undecided');
      if (!failed) throw thrown;
      onFailed(signIn);
      throw wrongCredentials(attempt.failures);
    });
    // Not waited for, so that it goes to the store in one piece with the tokens. Where it gets lost, the tokens do as well, or
    // one failure too many is counted: that is no reason to refuse who was right.
    attempt.settle('succeeded').catch(() => undefined);
    return owner;
  };

  return {
    ...owners,
    authenticate: async (signIn) => {
      // What is known here goes first; what has to be counted, in a store that others share, goes last.
      throttle.refuseBlockedAddress(signIn.address);
      return owners.admit(() => countAndAuthenticate(signIn));
    },
  };
};
