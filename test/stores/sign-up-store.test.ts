import { signUpStoreContract } from '../contracts/sign-up-store';
import { backends } from '../support/stores/backends';

describe.each(backends)('sign-ups that wait for approval in %s', (_name, open) => {
  signUpStoreContract(open);
});
