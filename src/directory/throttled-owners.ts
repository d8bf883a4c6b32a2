import { OAuthError } from '../protocol/errors';
import { randomText } from '../protocol/secrets';
import type { Throttle } from '../throttle/throttle';
import { wrongCredentials, type ResourceOwners, type SignIn } from './resource-owners';
import { accountOf } from './usernames';

/** Resource owners whose passwords cannot be guessed at will. */
export const throttledOwners = (owners: ResourceOwners, throttle: Throttle): ResourceOwners => ({
  ...owners,
  authenticate: async (signIn: SignIn) => {
    const account = accountOf(signIn.username);
    const attempt = await throttle.beginSignIn(account, signIn.address);
    // A refused guess is not looked at, but a wrong one is checked in its place: it takes as long.
    const password = attempt.refused ? randomText(16) : signIn.password;
    const owner = await owners.authenticate({ ...signIn, password }).catch(async (thrown: unknown) => {
      const failed = thrown instanceof OAuthError && thrown.code === 'invalid_grant';
      await attempt.settle(failed ? 'failed' : 'undecided');
      throw thrown;
    });
    await attempt.settle(attempt.refused ? 'failed' : 'succeeded');
    if (attempt.refused) throw wrongCredentials();
    return owner;
  },
});
