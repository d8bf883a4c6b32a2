import type { PasswordLink } from '../../src/directory/password-link-store';
import { linkHolderOf, type Digest } from '../../src/protocol/secrets';
import type { OpenBackend } from '../support/stores/backends';
import { aClock } from '../support/time/clock';
import { aDigest, HOSTILE_NAMES } from '../support/tokens/records';

export const aPasswordLink = (now: number, facts: Partial<PasswordLink> = {}): PasswordLink => ({
  purpose: 'invitation',
  subject: 'zoe@johnsorg',
  replaces: aDigest(),
  expiresAt: now + 600,
  ...facts,
});

/** The contract of every store of links with which users set a password. */
export const passwordLinkStoreContract = (openBackend: OpenBackend): void => {
  const open = async () => {
    const clock = aClock();
    const { passwordLinks: store } = await openBackend(clock.now);
    const saved = async (link: PasswordLink): Promise<Digest> => {
      const digest = aDigest();
      await store.save(linkHolderOf(link.subject), digest, link);
      return digest;
    };
    return { clock, store, saved };
  };

  const holder = linkHolderOf('zoe@johnsorg');

  it('returns what was stored, whatever the name, and nothing for another code or user', async () => {
    const { clock, store, saved } = await open();
    for (const subject of HOSTILE_NAMES) {
      const link = aPasswordLink(clock.now(), { subject, userId: 'user-1', by: subject, purpose: 'password_reset' });
      const digest = await saved(link);
      expect(await store.find(linkHolderOf(subject), digest)).toEqual(link);
      expect(await store.find(linkHolderOf(subject), aDigest())).toBeUndefined();
      expect(await store.find(linkHolderOf('another user'), digest)).toBeUndefined();
    }
  });

  it('gives a link to one of fifty concurrent callers that take it', async () => {
    const { clock, store, saved } = await open();
    const link = aPasswordLink(clock.now());
    const digest = await saved(link);
    expect(await store.take(holder, aDigest())).toBeUndefined(); // which does not spend it
    const taken = await Promise.all(Array.from({ length: 50 }, () => store.take(holder, digest)));
    expect(taken.filter((one) => one !== undefined)).toEqual([link]);
    expect(await store.find(holder, digest)).toBeUndefined();
  });

  it('keeps the newest link of a user only, and leaves those of others alone', async () => {
    const { clock, store, saved } = await open();
    const ofAnother = aPasswordLink(clock.now(), { subject: 'ben@johnsorg' });
    const another = await saved(ofAnother);
    const [first, second] = [await saved(aPasswordLink(clock.now())), await saved(aPasswordLink(clock.now()))];
    expect(await store.find(holder, first)).toBeUndefined();
    expect(await store.take(holder, first)).toBeUndefined();
    expect(await store.find(holder, second)).toBeDefined();
    await store.remove(holder);
    expect(await store.take(holder, second)).toBeUndefined();
    await store.remove(holder); // there is none now, which is not an error
    expect(await store.find(linkHolderOf('ben@johnsorg'), another)).toEqual(ofAnother);
  });

  it('returns a link until the millisecond before it expires', async () => {
    const { clock, store, saved } = await open();
    const [one, other] = [
      await saved(aPasswordLink(clock.now())),
      await saved(aPasswordLink(clock.now(), { subject: 'ben@johnsorg' })),
    ];
    clock.advance(599.999);
    expect(await store.find(holder, one)).toBeDefined();
    clock.advance(0.001);
    expect(await store.find(holder, one)).toBeUndefined();
    expect(await store.take(linkHolderOf('ben@johnsorg'), other)).toBeUndefined();
  });

  it('does not store one that has expired', async () => {
    const { clock, store, saved } = await open();
    const digest = await saved(aPasswordLink(clock.now(), { expiresAt: clock.now() }));
    clock.advance(-1); // a store that kept it would find it now
    expect(await store.find(holder, digest)).toBeUndefined();
  });
};
