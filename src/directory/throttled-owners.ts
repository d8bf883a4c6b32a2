import { OAuthError } from '../protocol/errors';
import type { Throttle } from '../throttle/throttle';
import { wrongCredentials, type ResourceOwners, type SignIn } from './resource-owners';
import { accountOf } from './usernames';

/** Resource owners whose passwords cannot be guessed at will. */
export const throttledOwners = (owners: ResourceOwners, throttle: Throttle): ResourceOwners => ({
  ...owners,
  authenticate: async (signIn: SignIn) => {
    const account = accountOf(signIn.username);
    const attempt = await throttle.beginSignIn(account, signIn.address);
    if (attempt.refused) {
      await owners.takeAsLong(signIn);
      throw wrongCredentials();
    }
    const owner = await owners.authenticate(signIn).catch(async (thrown: unknown) => {
      const failed = thrown instanceof OAuthError && thrown.code === 'invalid_grant';
      await attempt.settle(failed ? 'failed' : 'undecided');
      throw thrown;
    });
    await attempt.settle('succeeded');
    return owner;
  },
});
