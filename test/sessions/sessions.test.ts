import request, { type Response } from 'supertest';
import express from 'express';
import { StoreUnavailableError } from '../../src/protocol/errors';
import { digestOf } from '../../src/protocol/secrets';
import type { SessionStore } from '../../src/sessions/session-store';
import { SESSION_LIFETIME, Sessions } from '../../src/sessions/sessions';
import { MemorySessionStore } from '../../src/stores/memory/sessions';
import { aClock } from '../support/time/clock';
import { everyStore, onRedis, type StoreOptions } from '../support/stores/every-store';
import { aGate, type TestGate } from '../support/gate/gate';
import { rejectionOf } from '../support/expect/thrown';

const ANA = { subject: 'ana@johnsorg', username: 'ana@johnsorg', organization: 'johnsorg', roles: ['clerk'] };
const yes = async (): Promise<boolean> => true;

/** Sessions over a store that records the digests of its calls. */
const open = (changes: Partial<SessionStore> = {}) => {
  const clock = aClock();
  const real = new MemorySessionStore(clock.now);
  const asked: string[] = [];
  const saved: string[] = [];
  const store: SessionStore = {
    save: async (digest, session, maxOfUser) => {
      saved.push(digest);
      return real.save(digest, session, maxOfUser);
    },
    find: (digest) => {
      asked.push(digest);
      return real.find(digest);
    },
    remove: (digest) => {
      asked.push(digest);
      return real.remove(digest);
    },
    removeAllOf: (subject) => real.removeAllOf(subject),
    claim: (digest, name, until) => real.claim(digest, name, until),
    release: (digest, name) => real.release(digest, name),
    ...changes,
  };
  return { clock, real, asked, saved, sessions: new Sessions(store, clock.now) };
};

const begun = async (sessions: Sessions): Promise<string> => {
  const id = await sessions.begin(ANA, yes);
  if (id === undefined) throw new Error('no session was begun');
  return id;
};

describe('sessions', () => {
  it('begin with an id of 256 random bits, which the store never receives', async () => {
    const { clock, asked, saved, sessions } = open();
    const ids = [await begun(sessions), await begun(sessions)];
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) {
      expect(id).toMatch(/^s[A-Za-z0-9_-]{43}$/);
      const [startedAt, expiresAt] = [clock.now(), clock.now() + SESSION_LIFETIME];
      expect(await sessions.find(id)).toStrictEqual({ ...ANA, startedAt, expiresAt });
    }
    expect(saved).toEqual(ids.map(digestOf));
    expect(asked).toEqual(ids.map(digestOf));
  });

  it('last eight hours and no longer, however often they are read', async () => {
    const { clock, sessions } = open();
    const id = await begun(sessions);
    for (let hour = 0; hour < 8; hour += 1) {
      expect(await sessions.find(id)).toBeDefined();
      clock.advance(3600);
    }
    expect(await sessions.find(id)).toBeUndefined();
  });

  it.each<[string, () => Promise<boolean>]>([
    ['do not hold any more', async () => false],
    ['cannot be checked', () => Promise.reject(new StoreUnavailableError('deadline'))],
  ])('end immediately if the grounds of the sign-in %s', async (_what, stillHolds) => {
    const { real, saved, sessions } = open();
    expect(await sessions.begin(ANA, stillHolds)).toBeUndefined();
    expect(saved).toHaveLength(1);
    for (const digest of saved) expect(await real.find(digest as ReturnType<typeof digestOf>)).toBeUndefined();
  });

  it('are checked again after they were stored, so that no session escapes a concurrent end of all', async () => {
    const { sessions } = open();
    const id = await sessions.begin(ANA, async () => {
      await sessions.endAllOf(ANA.subject);
      return true;
    });
    expect(await sessions.find(id ?? '')).toBeUndefined();
  });

  it.each([
    '',
    's',
    `v${'A'.repeat(43)}`,
    `s${'A'.repeat(42)}`,
    `s${'A'.repeat(44)}`,
    `s${'A'.repeat(42)}=`,
    `s${'A'.repeat(43)}\n`,
    ` s${'A'.repeat(43)}`,
    `S${'A'.repeat(43)}`,
    's'.repeat(100_000),
  ])('are not looked up for %p', async (id) => {
    const { asked, sessions } = open();
    expect(await sessions.find(id)).toBeUndefined();
    await sessions.end(id);
    expect(asked).toEqual([]);
  });

  it('accept a form once, also of many concurrent copies, until they end', async () => {
    const { clock, sessions } = open();
    const [one, other] = [await begun(sessions), await begun(sessions)];
    const answers = await Promise.all(Array.from({ length: 20 }, () => sessions.isFirstSubmission(one, 'form')));
    expect(answers.filter(Boolean)).toEqual([true]);
    clock.advance(SESSION_LIFETIME - 1);
    expect(await sessions.isFirstSubmission(one, 'form')).toBe(false);
    expect(await sessions.isFirstSubmission(one, 'another form')).toBe(true);
    expect(await sessions.isFirstSubmission(other, 'form')).toBe(true);
  });

  it('reject while the store is unavailable, and return no id that was not stored', async () => {
    const away = () => Promise.reject(new StoreUnavailableError('deadline'));
    const { sessions } = open({ save: away, find: away, remove: away, removeAllOf: away, claim: away });
    const id = `s${'A'.repeat(43)}`;
    const asked = [
      sessions.begin(ANA, yes),
      sessions.find(id),
      sessions.end(id),
      sessions.endAllOf(ANA.subject),
      sessions.isFirstSubmission(id, 'form'),
    ];
    for (const one of asked.map(rejectionOf)) expect(await one).toBeInstanceOf(StoreUnavailableError);
  });

  it('return no id of a session that must not begin and cannot be removed', async () => {
    const { sessions } = open({ remove: () => Promise.reject(new StoreUnavailableError('deadline')) });
    expect(await rejectionOf(sessions.begin(ANA, async () => false))).toBeInstanceOf(StoreUnavailableError);
  });
});

const BOB = 'bob@neworg';

/** A gate with its Store, and what a browser does there. */
const aPortal = (store: StoreOptions) => {
  const tested = aGate(store);
  const app = express().use('/store', tested.gate.portal());
  const cookieOf = ({ headers }: Pick<Response, 'headers'>): string => {
    const [set = ''] = (headers['set-cookie'] ?? []) as readonly string[];
    return set.split(';')[0] ?? '';
  };
  return {
    users: tested.gate.directory.users,
    organizations: tested.gate.directory.organizations,
    /** The cookie of a new session. */
    signIn: async (username: string, password: string): Promise<string> => {
      const shown = await request(app).get('/store/sign-in').expect(200);
      const [, token = ''] = /name="form_token" value="([^"]+)"/.exec(shown.text) ?? [];
      const answer = await request(app)
        .post('/store/sign-in')
        .set('Cookie', cookieOf(shown))
        .type('form')
        .send({ username, password, form_token: token })
        .expect(303);
      return cookieOf(answer);
    },
    /** True if the cookie belongs to a session. */
    knows: async (cookie: string): Promise<boolean> => {
      const { status } = await request(app).get('/store/apis').set('Cookie', cookie);
      if (status !== 200 && status !== 303) throw new Error(`answered ${status}`);
      return status === 200;
    },
  };
};

type Users = Pick<TestGate['gate']['directory'], 'users' | 'organizations'>;

const endings: readonly (readonly [string, (directory: Users) => Promise<unknown>])[] = [
  ['a new password', ({ users }) => users.setPassword(BOB, 'new password')],
  ['being disabled', ({ users }) => users.disable(BOB)],
  [
    'being disabled and enabled again',
    async ({ users }) => {
      await users.disable(BOB);
      await users.enable(BOB);
    },
  ],
  ['being removed', ({ users }) => users.remove(BOB)],
  [
    'being removed and created again',
    async ({ users }) => {
      await users.remove(BOB);
      await users.create({ username: 'bob', organization: 'neworg', password: 'bob-password' });
    },
  ],
  ['disabling the organization', ({ organizations }) => organizations.disable('neworg')],
  [
    'disabling and enabling the organization',
    async ({ organizations }) => {
      await organizations.disable('neworg');
      await organizations.enable('neworg');
    },
  ],
  ['removing the organization', ({ organizations }) => organizations.remove('neworg')],
];

const aUser = async ({ users, organizations }: Users): Promise<void> => {
  await organizations.create({ key: 'neworg' });
  await users.create({ username: 'bob', organization: 'neworg', password: 'bob-password' });
  await users.create({ username: 'amy', organization: 'johnsorg', password: 'amy-password' });
};

describe.each(everyStore)('the sessions of a user over %s', (_name, freshStore) => {
  it.each(endings)('end by %s, all of them and no others', async (_what, end) => {
    const portal = aPortal(await freshStore());
    await aUser(portal);
    const bobs = [await portal.signIn('bob@neworg', 'bob-password'), await portal.signIn('bob@neworg', 'bob-password')];
    const amys = await portal.signIn('amy@johnsorg', 'amy-password');
    for (const cookie of [...bobs, amys]) expect(await portal.knows(cookie)).toBe(true);
    await end(portal);
    for (const cookie of bobs) expect(await portal.knows(cookie)).toBe(false);
    expect(await portal.knows(amys)).toBe(true);
  });
});

it.each(endings)('sessions end by %s at another gate on the same Redis', async (_what, end) => {
  const options = await onRedis();
  const [one, other] = [aPortal(options), aPortal(options)];
  await aUser(one);
  const cookie = await one.signIn('bob@neworg', 'bob-password');
  expect(await other.knows(cookie)).toBe(true);
  await end(other);
  for (const portal of [one, other]) expect(await portal.knows(cookie)).toBe(false);
});
