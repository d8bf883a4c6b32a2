import { MemoryTicketStore } from '../../src/stores/memory/tickets';
import { aTicket, ticketStoreContract } from '../contracts/ticket-store';
import { backends } from '../support/stores/backends';
import { aClock } from '../support/time/clock';
import { aDigest } from '../support/tokens/records';

describe.each(backends)('tickets in %s', (_name, open) => {
  ticketStoreContract(open);
});

describe('tickets in memory', () => {
  it('are stored and can be used while clients request more than there is room for', async () => {
    const clock = aClock();
    const store = new MemoryTicketStore(clock.now, 10);
    for (let flood = 0; flood < 50; flood += 1) {
      for (let others = 0; others < 9; others += 1) await store.save(aDigest(), aTicket(clock.now()), 1);
      const [ticket, digest] = [aTicket(clock.now()), aDigest()];
      expect(await store.save(digest, ticket, 1)).toBe('stored');
      for (let others = 0; others < 9; others += 1) await store.save(aDigest(), aTicket(clock.now()), 1);
      expect(await store.take(ticket.grantId, digest)).toEqual(ticket);
    }
  });
});
