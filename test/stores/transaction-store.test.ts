import { transactionStoreContract } from '../contracts/transaction-store';
import { backends } from '../support/stores/backends';

describe.each(backends)('authorization requests in %s', (_name, open) => {
  transactionStoreContract(open);
});
