import type { Redis } from 'ioredis';
import { ANA, portalOptions, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { PortalVisitor, signedIn, withKeys } from '../support/portal/visitor';
import { everyStore, onRedis } from '../support/stores/every-store';

const ALICE = { username: 'alice@johnsorg', password: 'the password of alice' } as const;
const NEXT_ALICE = { ...ALICE, password: 'the password of the next alice' } as const;

const create = async ({ gate }: ServedPortal, { password }: { readonly password: string }): Promise<void> => {
  await gate.directory.users.create({ username: 'alice', organization: 'johnsorg', password });
};

const listed = async ({ gate }: ServedPortal) => {
  const found = [];
  for await (const application of gate.directory.applications.list()) found.push(application);
  return found.filter(({ owner }) => owner === ALICE.username);
};

/** A portal with the first Alice, and her application, her session and her token. */
const withAlice = async (portal: ServedPortal) => {
  await create(portal, ALICE);
  const visitor = await signedIn(portal, ALICE);
  const { id, key, secret } = await withKeys(visitor, 'App of Alice');
  const issued = await portal.gate.tokens.issue({ clientId: key, subject: ALICE.username });
  return { visitor, id, key, secret, token: issued.accessToken };
};

const isActive = async ({ gate }: ServedPortal, token: string): Promise<boolean> =>
  (await gate.explain(token, 'read')).token.state === 'live';

/** Pages of an application that only its owner opens. */
const pagesOf = (id: string) => [`/applications/${id}`, `/applications/${id}/remove`];

describe.each(everyStore)('the next user of a name, in %s,', (_name, freshStore) => {
  it('gets no application, session or token of the former one, and the operator still finds the application', async () => {
    const portal = await servePortal(await freshStore());
    const former = await withAlice(portal);
    expect((await former.visitor.get('/subscriptions')).text).toContain('App of Alice');
    await portal.gate.directory.users.remove(ALICE.username);
    await create(portal, NEXT_ALICE);
    expect((await former.visitor.get('/apis')).status).toBe(303);
    expect(await isActive(portal, former.token)).toBe(false);

    const next = await signedIn(portal, NEXT_ALICE);
    for (const page of ['/subscriptions', '/tokens', '/generate-token', '/try-it', '/apis'])
      expect([page, (await next.get(page)).text.includes('App of Alice')]).toEqual([page, false]);
    for (const page of pagesOf(former.id)) expect([page, (await next.get(page)).status]).toEqual([page, 404]);
    const form_token = await next.formToken('/password', '/password');
    const sending = await next.sending();
    for (const form of ['remove', 'secrets', 'generate']) {
      const answer = await next.post(`/applications/${former.id}/${form}`, {
        form_token,
        sending,
        environment: 'production',
        password: NEXT_ALICE.password,
      });
      expect([form, answer.status]).toEqual([form, 404]);
    }
    expect(await listed(portal)).toMatchObject([{ id: former.id, name: 'App of Alice', owner: ALICE.username }]);
  });

  it('may use the name of an application of the former one, and opens only her own', async () => {
    const portal = await servePortal(await freshStore());
    const former = await withAlice(portal);
    await portal.gate.directory.users.remove(ALICE.username);
    await create(portal, NEXT_ALICE);
    const next = await signedIn(portal, NEXT_ALICE);
    const own = await withKeys(next, 'App of Alice');
    expect(own.id).not.toBe(former.id);
    expect((await next.get(`/applications/${own.id}`)).status).toBe(200);
    expect((await next.get(`/applications/${former.id}`)).status).toBe(404);
    expect(await listed(portal)).toHaveLength(2);
  });

  it('has the whole limit of applications, which those of the former one do not use up', async () => {
    const portal = await servePortal({ ...(await freshStore()), limits: { applicationsPerUser: 2 } });
    const { applications, users } = portal.gate.directory;
    const add = () => applications.create({ name: 'App', owner: 'ALICE@johnsorg' });
    for (const user of [ALICE, NEXT_ALICE]) {
      await create(portal, user);
      for (let count = 0; count < 2; count += 1) await add();
      await expect(add()).rejects.toMatchObject({
        code: 'ERR_SCOPEGATE_LIMIT',
        message: expect.stringContaining('applicationsPerUser: 2') as unknown,
      });
      await users.remove(ALICE.username);
    }
  });

  it('cannot sign up while applications of the former one exist', async () => {
    const portal = await servePortal(await freshStore(), { portal: { signUp: { organizations: ['johnsorg'] } } });
    const former = await withAlice(portal);
    await portal.gate.directory.users.remove(ALICE.username);
    const signUp = () =>
      new PortalVisitor(portal).submit('/sign-up', '/sign-up', {
        username: 'alice',
        organization: 'johnsorg',
        password: NEXT_ALICE.password,
        again: NEXT_ALICE.password,
      });
    await signUp();
    expect(await portal.gate.directory.users.find(ALICE.username)).toBeUndefined();
    await portal.gate.directory.applications.remove(former.id);
    await signUp();
    expect(await portal.gate.directory.users.find(ALICE.username)).toBeDefined();
  });

  it('is distinguished from the former one on the page of all applications', async () => {
    const portal = await servePortal(await freshStore());
    await withAlice(portal);
    const { users } = portal.gate.directory;
    await users.create({ username: 'head', organization: 'johnsorg', password: 'head-password', roles: ['admin'] });
    const admin = await signedIn(portal, { username: 'head@johnsorg', password: 'head-password' });
    const owners = async () =>
      [...(await admin.get('/admin/applications')).text.matchAll(/alice@johnsorg[^<]*/g)].map(String);
    expect(await owners()).toEqual(['alice@johnsorg']);
    await users.remove(ALICE.username);
    expect(await owners()).toEqual(['alice@johnsorg (former user)']);
    await create(portal, NEXT_ALICE);
    await withKeys(await signedIn(portal, NEXT_ALICE), 'Next app');
    expect((await owners()).sort()).toEqual(['alice@johnsorg', 'alice@johnsorg (former user)']);
  });

  it('owns the application that the options declare with the name: they are changed by the operator', async () => {
    const declared = { name: 'Declared', owner: ALICE.username, consumerKey: 'd', consumerSecret: 'd-secret' };
    const applications = [...(portalOptions().applications ?? []), declared];
    const portal = await servePortal({ ...(await freshStore()), applications });
    for (const user of [ALICE, NEXT_ALICE]) {
      await create(portal, user);
      expect((await (await signedIn(portal, user)).get('/subscriptions')).text).toContain('Declared');
      await portal.gate.directory.users.remove(ALICE.username);
    }
  });
});

describe('an application in Redis', () => {
  const aPortalOnRedis = async () => {
    const store = await onRedis();
    const portal = await servePortal({ ...store, cache: false });
    return { portal, redis: store.redis as Redis, key: (noun: string) => `${store.prefix}{directory}:${noun}` };
  };

  /** Removes a field of a stored record, as if an earlier version had written it. */
  const without = async (redis: Redis, [key, id]: readonly [string, string], field: string): Promise<void> => {
    const { [field]: removed, ...rest } = JSON.parse((await redis.hget(key, id)) ?? '{}') as Record<string, unknown>;
    expect(removed).toEqual(expect.any(String));
    await redis.hset(key, id, JSON.stringify(rest));
  };

  it('is not inherited if the record of its owner was lost without being removed', async () => {
    const { portal, redis, key } = await aPortalOnRedis();
    const { id } = await withAlice(portal);
    expect(await redis.hdel(key('users'), ALICE.username)).toBe(1);
    await create(portal, NEXT_ALICE);
    const next = await signedIn(portal, NEXT_ALICE);
    expect((await next.get(`/applications/${id}`)).status).toBe(404);
  });

  it('of an earlier version stays with its owner, and is not inherited either', async () => {
    const { portal, redis, key } = await aPortalOnRedis();
    const { visitor, id } = await withAlice(portal);
    await without(redis, [key('users'), ALICE.username], 'id');
    await without(redis, [key('applications'), id], 'ownerId');
    expect((await visitor.get(`/applications/${id}`)).status).toBe(200);
    const later = await withKeys(visitor, 'Later app');
    await portal.gate.directory.users.setRoles(ALICE.username, []);
    for (const own of [id, later.id]) expect((await visitor.get(`/applications/${own}`)).status).toBe(200);
    await portal.gate.directory.users.remove(ALICE.username);
    await create(portal, NEXT_ALICE);
    const next = await signedIn(portal, NEXT_ALICE);
    for (const former of [id, later.id]) expect((await next.get(`/applications/${former}`)).status).toBe(404);
  });

  it('with an id that is no text belongs to no user who has one', async () => {
    const { portal, redis, key } = await aPortalOnRedis();
    const { visitor, id } = await withAlice(portal);
    const stored = JSON.parse((await redis.hget(key('applications'), id)) ?? '') as object;
    for (const ownerId of [7, null, '', ['x'], {}]) {
      await redis.hset(key('applications'), id, JSON.stringify({ ...stored, ownerId }));
      expect((await visitor.get(`/applications/${id}`)).status).toBe(404);
    }
  });

  it('keeps its owner when the user gets other roles, another password, or is disabled and enabled', async () => {
    const { portal } = await aPortalOnRedis();
    const { id } = await withAlice(portal);
    const { users } = portal.gate.directory;
    await users.setRoles(ALICE.username, ['clerk']);
    await users.disable(ALICE.username);
    await users.enable(ALICE.username);
    await users.setPassword(ALICE.username, NEXT_ALICE.password);
    expect((await (await signedIn(portal, NEXT_ALICE)).get(`/applications/${id}`)).status).toBe(200);
  });

  it('of a declared user is not inherited by a user who is created with that name later', async () => {
    const store = await onRedis();
    const before = await servePortal(store);
    const { id } = await withKeys(await signedIn(before, ANA), 'App of Ana');
    const users = (portalOptions().users as readonly { readonly username: string }[]).filter(
      ({ username }) => username !== ANA.username && username !== 'ana',
    );
    const after = await servePortal({ ...store, users: users as never });
    await after.gate.directory.users.create({
      username: 'ana',
      organization: 'johnsorg',
      password: NEXT_ALICE.password,
    });
    const next = await signedIn(after, { username: ANA.username, password: NEXT_ALICE.password });
    expect((await next.get(`/applications/${id}`)).status).toBe(404);
  });
});
