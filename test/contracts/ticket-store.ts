import { mintGrantId, type Digest } from '../../src/protocol/secrets';
import type { Ticket } from '../../src/tokens/ticket-store';
import type { OpenBackend } from '../support/stores/backends';
import { aClock } from '../support/time/clock';
import { aDigest } from '../support/tokens/records';

export const aTicket = (now: number, facts: Partial<Ticket> = {}): Ticket => ({
  grantId: mintGrantId(),
  token: aDigest(),
  expiresAt: now + 30,
  ...facts,
});

const MAX = 3;

/** The contract of every store of tickets. */
export const ticketStoreContract = (openBackend: OpenBackend): void => {
  const open = async () => {
    const clock = aClock();
    const { tickets: store, age } = await openBackend(clock.now);
    const saved = async (ticket: Ticket): Promise<Digest> => {
      const digest = aDigest();
      expect(await store.save(digest, ticket, MAX)).toBe('stored');
      return digest;
    };
    const pass = async (seconds: number): Promise<void> => {
      clock.advance(seconds);
      await age(seconds);
    };
    return { clock, store, saved, pass };
  };

  it('gives a ticket once, to one of fifty concurrent callers that take it', async () => {
    const { clock, store, saved } = await open();
    const ticket = aTicket(clock.now());
    const digest = await saved(ticket);
    const taken = await Promise.all(Array.from({ length: 50 }, () => store.take(ticket.grantId, digest)));
    expect(taken.filter((one) => one !== undefined)).toEqual([ticket]);
    expect(await store.take(ticket.grantId, digest)).toBeUndefined();
  });

  it('gives nothing for another digest, nor under another grant, which does not spend the ticket', async () => {
    const { clock, store, saved } = await open();
    const ticket = aTicket(clock.now());
    const digest = await saved(ticket);
    expect(await store.take(ticket.grantId, aDigest())).toBeUndefined();
    expect(await store.take(mintGrantId(), digest)).toBeUndefined();
    expect(await store.take(ticket.grantId, digest)).toEqual(ticket);
  });

  it('gives a ticket until the millisecond before it expires', async () => {
    const { clock, store, saved } = await open();
    const [one, other] = [aTicket(clock.now()), aTicket(clock.now())];
    const [early, late] = [await saved(one), await saved(other)];
    clock.advance(29.999);
    expect(await store.take(one.grantId, early)).toEqual(one);
    clock.advance(0.001);
    expect(await store.take(other.grantId, late)).toBeUndefined();
  });

  it('stores so many tickets of a grant, and as many again after the first has expired', async () => {
    const { clock, store, saved, pass } = await open();
    const { grantId } = aTicket(clock.now());
    const next = (): Ticket => aTicket(clock.now(), { grantId });
    const first = next();
    const digest = await saved(first);
    await pass(10);
    for (let count = 1; count < MAX; count += 1) await saved(next());
    expect(await store.save(aDigest(), next(), MAX)).toBe('limited');
    await saved(aTicket(clock.now())); // of another grant
    expect(await store.take(grantId, digest)).toEqual(first); // which makes no room for another
    expect(await store.save(aDigest(), next(), MAX)).toBe('limited');
    await pass(20);
    for (let count = 0; count < MAX; count += 1) await saved(next());
    expect(await store.save(aDigest(), next(), MAX)).toBe('limited');
  });

  it('does not give a ticket that was refused', async () => {
    const { clock, store } = await open();
    const ticket = aTicket(clock.now());
    const digest = aDigest();
    expect(await store.save(digest, ticket, 0)).toBe('limited');
    expect(await store.take(ticket.grantId, digest)).toBeUndefined();
  });
};
