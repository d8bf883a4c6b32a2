import { accountOf } from '../directory/account-key';
import type { WorkPlace } from '../directory/work-queue';
import { OAuthError } from '../protocol/errors';
import type { Throttle } from '../throttle/throttle';
import { requesterOf } from './requesters';
import type { ResourceOwner, ResourceOwners, SignIn, UnthrottledOwners } from './resource-owners';
import { WrongCredentialsError } from './wrong-credentials';

/**
 * Limits the failed sign-ins of resource owners, so that passwords cannot be guessed at will.
 * @param onFailed is called after each sign-in with a wrong name or password. @default nothing
 */
export const createThrottledOwners = (
  owners: UnthrottledOwners,
  throttle: Throttle,
  onFailed: (signIn: SignIn) => void = () => undefined,
): ResourceOwners => {
  const countAndAuthenticate = async (signIn: SignIn, place: WorkPlace): Promise<ResourceOwner> => {
    const attempt = await throttle.beginSignIn(accountOf(signIn.username), signIn.address, place);
    if (attempt.refused) {
      await owners.spendEqualTime(signIn, place);
      onFailed(signIn);
      throw new WrongCredentialsError(attempt.failures);
    }
    const owner = await owners.authenticate(signIn, place).catch(async (thrown: unknown) => {
      const failed = thrown instanceof OAuthError && thrown.code === 'invalid_grant';
      await attempt.settle(failed ? 'failed' : 'undecided');
      if (!failed) throw thrown;
      onFailed(signIn);
      const awaits = thrown instanceof WrongCredentialsError ? thrown.awaits : undefined;
      throw new WrongCredentialsError(attempt.failures, awaits);
    });
    // Not awaited, so that it is sent to the store together with the tokens. If it is lost, so are the tokens, or one
    // failure too many is counted, which is no reason to refuse the right password.
    attempt.settle('succeeded').catch(() => undefined);
    return owner;
  };

  return {
    ...owners,
    authenticate: async (signIn) => {
      // Checks without the store come first; counting in the store comes last.
      throttle.refuseBlockedAddress(signIn.address);
      return owners.admission.admit(requesterOf(signIn), (place) => countAndAuthenticate(signIn, place));
    },
  };
};
