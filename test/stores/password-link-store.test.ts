import { passwordLinkStoreContract } from '../contracts/password-link-store';
import { backends } from '../support/stores/backends';

describe.each(backends)('links to set a password in %s', (_name, open) => {
  passwordLinkStoreContract(open);
});
