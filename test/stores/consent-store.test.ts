import { consentStoreContract } from '../contracts/consent-store';
import { backends } from '../support/stores/backends';

describe.each(backends)('consents in %s', (_name, open) => {
  consentStoreContract(open);
});
