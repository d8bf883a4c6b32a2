import { ticketStoreContract } from '../contracts/ticket-store';
import { backends } from '../support/stores/backends';

describe.each(backends)('tickets in %s', (_name, open) => {
  ticketStoreContract(open);
});
