import type { Digest } from '../../src/protocol/secrets';
import type { Session, SessionStore } from '../../src/sessions/session-store';
import { aClock } from '../support/time/clock';
import { aDigest, HOSTILE_NAMES } from '../support/tokens/records';

export const aSession = (now: number, changes: Partial<Session> = {}): Session => ({
  subject: 'ana@johnsorg',
  username: 'ana@johnsorg',
  organization: 'johnsorg',
  roles: ['clerk', 'admin'],
  startedAt: now,
  expiresAt: now + 100,
  ...changes,
});

/** One suite for the port `SessionStore`, run unchanged over every store. */
export const sessionStoreContract = (openAt: (clock: () => number) => Promise<SessionStore>): void => {
  const open = async () => {
    const clock = aClock();
    return { clock, store: await openAt(clock.now) };
  };

  const saved = async (store: SessionStore, session: Session) => {
    const digest = aDigest();
    await store.save(digest, session, Infinity);
    return digest;
  };

  const liveOf = async (store: SessionStore, digests: readonly Digest[]): Promise<readonly Digest[]> => {
    const found = await Promise.all(digests.map((digest) => store.find(digest)));
    return digests.filter((_, position) => found[position] !== undefined);
  };

  it('returns what was saved, and nothing for another digest', async () => {
    const { clock, store } = await open();
    const whole = aSession(clock.now());
    const { organization: _organization, ...alone } = aSession(clock.now() + 0.001, { roles: [] });
    const [one, other] = [await saved(store, whole), await saved(store, alone)];
    expect(await store.find(one)).toStrictEqual(whole);
    expect(await store.find(other)).toStrictEqual(alone);
    expect(await store.find(aDigest())).toBeUndefined();
  });

  it('finds a session until the instant at which it expires, by the injected clock', async () => {
    const { clock, store } = await open();
    const digest = await saved(store, aSession(clock.now()));
    clock.advance(99.999);
    expect(await store.find(digest)).toBeDefined();
    clock.advance(0.001);
    expect(await store.find(digest)).toBeUndefined();
  });

  it('does not store a session that has already expired', async () => {
    const { clock, store } = await open();
    const digest = await saved(store, aSession(clock.now(), { expiresAt: clock.now() }));
    clock.advance(-50);
    expect(await store.find(digest)).toBeUndefined();
  });

  it('removes one session, and allows repeated removal', async () => {
    const { clock, store } = await open();
    const [one, other] = [await saved(store, aSession(clock.now())), await saved(store, aSession(clock.now()))];
    await store.remove(one);
    await store.remove(one);
    expect(await store.find(one)).toBeUndefined();
    expect(await store.find(other)).toBeDefined();
  });

  it('removes all sessions of a user, however many, and none of other users', async () => {
    const { clock, store } = await open();
    const ofAna = await Promise.all(Array.from({ length: 300 }, () => saved(store, aSession(clock.now()))));
    const ofBen = await saved(store, aSession(clock.now(), { subject: 'ben@johnsorg' }));
    await store.removeAllOf('ana@johnsorg');
    await store.removeAllOf('ana@johnsorg');
    for (const digest of ofAna) expect(await store.find(digest)).toBeUndefined();
    expect(await store.find(ofBen)).toBeDefined();
  });

  it('removes sessions that last longer than ones that began later', async () => {
    const { clock, store } = await open();
    const long = await saved(store, aSession(clock.now(), { expiresAt: clock.now() + 1_000 }));
    await saved(store, aSession(clock.now(), { expiresAt: clock.now() + 1 }));
    clock.advance(500);
    await saved(store, aSession(clock.now(), { expiresAt: clock.now() + 1 }));
    await store.removeAllOf('ana@johnsorg');
    expect(await store.find(long)).toBeUndefined();
  });

  it('keeps a session that begins after all others were removed', async () => {
    const { clock, store } = await open();
    await saved(store, aSession(clock.now()));
    await store.removeAllOf('ana@johnsorg');
    const later = await saved(store, aSession(clock.now()));
    expect(await store.find(later)).toBeDefined();
  });

  it('can remove sessions that began while all others were being removed', async () => {
    const { clock, store } = await open();
    const begun = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const [digest] = await Promise.all([saved(store, aSession(clock.now())), store.removeAllOf('ana@johnsorg')]);
        return digest;
      }),
    );
    await store.removeAllOf('ana@johnsorg');
    expect((await Promise.all(begun.map((digest) => store.find(digest)))).filter(Boolean)).toEqual([]);
  });

  it('never confuses the names of two users', async () => {
    const { clock, store } = await open();
    const digests = await Promise.all(
      HOSTILE_NAMES.map((subject) => saved(store, aSession(clock.now(), { subject, username: subject }))),
    );
    for (const [index, subject] of HOSTILE_NAMES.entries()) {
      const [own, next] = [digests[index], digests[index + 1]];
      if (own === undefined) throw new Error('nothing saved');
      expect((await store.find(own))?.subject).toBe(subject);
      await store.removeAllOf(subject);
      expect(await store.find(own)).toBeUndefined();
      if (next !== undefined) expect(await store.find(next)).toBeDefined();
    }
  });

  it('ends the sessions of a user that expire first when a new one exceeds the limit, and none of another user', async () => {
    const { clock, store } = await open();
    const at = (seconds: number) => aSession(clock.now(), { expiresAt: clock.now() + seconds });
    const [second, first, third] = [
      await saved(store, at(200)),
      await saved(store, at(100)),
      await saved(store, at(300)),
    ];
    const ofBen = await saved(store, aSession(clock.now(), { subject: 'ben@johnsorg' }));
    const fresh = aDigest();
    expect(await store.save(fresh, at(400), 3)).toBe(1);
    expect(await liveOf(store, [first, second, third, fresh, ofBen])).toEqual([second, third, fresh, ofBen]);
    expect(await store.save(aDigest(), at(500), 2)).toBe(2);
    expect(await liveOf(store, [second, third, fresh, ofBen])).toEqual([fresh, ofBen]);
  });

  it('keeps the new session, even if it expires no later than the others', async () => {
    const { clock, store } = await open();
    let before: Digest | undefined;
    for (let count = 0; count < 20; count += 1) {
      const digest = aDigest();
      await store.save(digest, aSession(clock.now()), 1);
      expect(await store.find(digest)).toBeDefined();
      if (before !== undefined) expect(await store.find(before)).toBeUndefined();
      before = digest;
    }
    const shorter = aDigest();
    expect(await store.save(shorter, aSession(clock.now(), { expiresAt: clock.now() + 1 }), 1)).toBe(1);
    expect(await store.find(shorter)).toBeDefined();
  });

  it('counts only live sessions, so a session that was removed or has expired ends no other', async () => {
    const { clock, store } = await open();
    const kept = await saved(store, aSession(clock.now(), { expiresAt: clock.now() + 1_000 }));
    for (let count = 0; count < 5; count += 1) {
      await store.remove(await saved(store, aSession(clock.now(), { expiresAt: clock.now() + 2_000 })));
      await saved(store, aSession(clock.now(), { expiresAt: clock.now() + 1 }));
      clock.advance(1);
      expect(await store.save(aDigest(), aSession(clock.now(), { expiresAt: clock.now() + 1 }), 2)).toBe(0);
      clock.advance(1);
    }
    expect(await store.find(kept)).toBeDefined();
  });

  it('leaves a user no more sessions than the limit, however many begin concurrently', async () => {
    const { clock, store } = await open();
    const digests = Array.from({ length: 60 }, () => aDigest());
    await Promise.all(digests.map((digest) => store.save(digest, aSession(clock.now()), 7)));
    expect(await liveOf(store, digests)).toHaveLength(7);
  });

  it('lets one of many concurrent callers claim a name, and no caller after that', async () => {
    const { clock, store } = await open();
    const digest = await saved(store, aSession(clock.now()));
    const name = aDigest();
    const take = () => store.claim(digest, name, clock.now() + 50);
    const answers = await Promise.all(Array.from({ length: 50 }, take));
    expect(answers.filter(Boolean)).toEqual([true]);
    expect(await take()).toBe(false);
  });

  it('lets a released name be claimed again', async () => {
    const { clock, store } = await open();
    const digest = await saved(store, aSession(clock.now()));
    const name = aDigest();
    const take = () => store.claim(digest, name, clock.now() + 50);
    expect([await take(), await take()]).toEqual([true, false]);
    await store.release(digest, name);
    await store.release(digest, name);
    expect([await take(), await take()]).toEqual([true, false]);
  });

  it('keeps the last 1,000 claimed names of a session', async () => {
    const { clock, store } = await open();
    const [digest, other] = [await saved(store, aSession(clock.now())), await saved(store, aSession(clock.now()))];
    const names = Array.from({ length: 1_200 }, () => aDigest());
    const claim = (name: Digest, at: number) => store.claim(digest, name, clock.now() + 40 + at / 1_000);
    expect(await store.claim(other, names[0] ?? aDigest(), clock.now() + 90)).toBe(true);
    for (const [index, name] of names.entries()) expect(await claim(name, index)).toBe(true);
    for (const index of [200, 201, 700, 1_199]) expect(await claim(names[index] ?? aDigest(), 5_000)).toBe(false);
    expect(await claim(names[0] ?? aDigest(), 5_000)).toBe(true);
    expect(await store.claim(other, names[0] ?? aDigest(), clock.now() + 90)).toBe(false);
  });

  it('refuses claims for a session that is missing, removed or expired', async () => {
    const { clock, store } = await open();
    const [ended, expired] = [await saved(store, aSession(clock.now())), await saved(store, aSession(clock.now()))];
    const ofBen = aSession(clock.now(), { subject: 'ben@johnsorg', expiresAt: clock.now() + 1_000 });
    const endedWithAll = await saved(store, ofBen);
    await store.removeAllOf('ben@johnsorg');
    const live = await saved(store, ofBen);
    const name = aDigest();
    const claim = (digest: Digest) => store.claim(digest, name, clock.now() + 500);
    expect(await claim(aDigest())).toBe(false);
    expect(await claim(endedWithAll)).toBe(false);
    await store.remove(ended);
    expect(await claim(ended)).toBe(false);
    clock.advance(100);
    expect(await claim(expired)).toBe(false);
    expect(await claim(live)).toBe(true);
  });

  it('leaves a name unclaimed if the claim was refused before its session began', async () => {
    const { clock, store } = await open();
    const [digest, name] = [aDigest(), aDigest()];
    expect(await store.claim(digest, name, clock.now() + 50)).toBe(false);
    await store.save(digest, aSession(clock.now()), Infinity);
    expect(await store.claim(digest, name, clock.now() + 50)).toBe(true);
  });

  it('separates the names of one session, and sessions from each other', async () => {
    const { clock, store } = await open();
    const [one, other] = [await saved(store, aSession(clock.now())), await saved(store, aSession(clock.now()))];
    const name = aDigest();
    const until = clock.now() + 50;
    expect(await store.claim(one, name, until)).toBe(true);
    expect(await store.claim(one, aDigest(), until)).toBe(true);
    expect(await store.claim(other, name, until)).toBe(true);
    expect(await store.claim(one, name, until)).toBe(false);
  });
};
