import { networkOf } from './address';
import { keyOf, type Mark } from './mark';

/** The marks of a sign-in. */
export interface SignInMarks {
  /** The account from this network. */
  readonly pair: Mark;
  /** The network, whatever the account. */
  readonly address: Mark;
  /** The account, whatever the network. */
  readonly account: Mark;
}

export const signInMarks = (account: string, address: string): SignInMarks => {
  const network = networkOf(address);
  return {
    pair: { rule: 'accountAndAddress', key: keyOf(account, network), network },
    address: { rule: 'address', key: keyOf(network), network },
    account: { rule: 'account', key: keyOf(account), network },
  };
};
