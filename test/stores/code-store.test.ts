import { codeStoreContract } from '../contracts/code-store';
import { backends } from '../support/stores/backends';

describe.each(backends)('authorization codes in %s', (_name, open) => {
  codeStoreContract(open);
});
