import { accountOf } from '../directory/account-key';
import type { Requester } from '../directory/requester';
import type { OnRefused } from '../directory/work-queue';
import type { Emit } from '../events/emitter';
import { networkOf } from '../throttle/address';
import type { SignIn } from './resource-owners';

/** Returns the source of a sign-in, or of another request of a user that needs password work. */
export const requesterOf = ({ username, client, address }: Omit<SignIn, 'password'>): Requester => ({
  account: accountOf(username),
  client: client === undefined ? 'portal' : { id: client.clientId },
  network: networkOf(address),
});

/** Returns the source of a sign-up. It counts for no account: a visitor may request any number of names. */
export const signUpRequester = (address: string): Requester => ({ client: 'sign-up', network: networkOf(address) });

/** Emits a `limit` event for each request that is refused because too many wait, or because it waited too long. */
export const reportRefusals =
  (emit: Emit): OnRefused =>
  (limit, { client, network }) =>
    emit({
      type: 'limit',
      limit,
      ...(network === undefined ? {} : { network }),
      ...(typeof client === 'string' ? {} : { clientId: client.id }),
    });
