import type { ApplicationGroup } from '../../src/directory/application-groups';
import type { Collection, DirectoryStore } from '../../src/directory/directory-store';
import type { Application, Organization, User } from '../../src/directory/records';
import { digestOf } from '../../src/protocol/secrets';
import { HOSTILE_NAMES } from '../support/tokens/records';
import { rejectionOf } from '../support/expect/thrown';
import { collect } from '../support/stores/collect';
import { pendingRequestsContract } from './pending-requests';

/** Opens an empty store for one test, and closes it afterwards. */
export type OpenDirectoryStore = () => Promise<DirectoryStore>;

const aUser = (overrides: Partial<User> = {}): User => ({
  username: 'john@gmail.com@johnsorg',
  organization: 'johnsorg',
  passwordHash: '$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
  roles: ['clerk'],
  enabled: true,
  ...overrides,
});

const anApplication: Application = {
  id: 'app-1',
  name: 'Orders app ü 😀 "quoted" \\ {braces}',
  owner: 'john@gmail.com@johnsorg',
  organization: 'johnsorg',
  grantTypes: ['password', 'refresh_token'],
  subscriptions: ['orders'],
  scopes: ['read'],
  introspect: true,
  enabled: false,
  keys: {
    production: {
      clientId: 'key',
      secrets: [
        {
          id: 's1',
          digest: digestOf('secret'),
          lastFour: 'cret',
          label: 'first',
          createdAt: 1_800_000_000,
          expiresAt: 1_900_000_000.5,
          lastUsedAt: 1_800_000_060,
        },
      ],
    },
    sandbox: { clientId: 'sandbox-key', secrets: [] },
  },
};

/** The contract of every directory store. */
export const directoryStoreContract = (open: OpenDirectoryStore): void => {
  it('finds what was inserted, with every field, in each collection', async () => {
    const { organizations, users, applications, clients } = await open();
    const organization: Organization = { key: 'johnsorg', name: "John's organization", enabled: true };
    const bare: Organization = { key: 'bare', enabled: false };
    expect(await organizations.insert('johnsorg', organization)).toBe(true);
    expect(await organizations.insert('bare', bare)).toBe(true);
    expect(await users.insert('john', aUser())).toBe(true);
    expect(await applications.insert('app-1', anApplication)).toBe(true);
    expect(await clients.insert('key', { applicationId: 'app-1' })).toBe(true);

    expect(await organizations.find('johnsorg')).toEqual(organization);
    expect(await organizations.find('bare')).toEqual(bare);
    expect(await users.find('john')).toEqual(aUser());
    expect(await applications.find('app-1')).toEqual(anApplication);
    expect(await clients.find('key')).toEqual({ applicationId: 'app-1' });
  });

  it('separates the collections', async () => {
    const { organizations, users, applications, clients } = await open();
    await users.insert('one', aUser());
    expect(await organizations.find('one')).toBeUndefined();
    expect(await applications.find('one')).toBeUndefined();
    expect(await clients.find('one')).toBeUndefined();
    expect(await clients.insert('one', { applicationId: 'a' })).toBe(true);
    await users.remove('one');
    expect(await clients.find('one')).toEqual({ applicationId: 'a' });
  });

  it('does not insert under an existing key', async () => {
    const { users } = await open();
    await users.insert('john', aUser());
    expect(await users.insert('john', aUser({ roles: ['admin'] }))).toBe(false);
    expect(await users.find('john')).toEqual(aUser());
  });

  it('inserts once for fifty concurrent callers', async () => {
    const { clients } = await open();
    const callers = Array.from({ length: 50 }, (_, index) => ({ applicationId: String(index) }));
    const inserted = await Promise.all(callers.map((pointer) => clients.insert('key', pointer)));
    expect(inserted.filter(Boolean)).toHaveLength(1);
    expect(await clients.find('key')).toEqual(callers[inserted.indexOf(true)]);
  });

  it('updates a record and returns the new one', async () => {
    const { users } = await open();
    await users.insert('john', aUser());
    expect(await users.change('john', (user) => ({ ...user, enabled: false }))).toEqual(aUser({ enabled: false }));
    expect(await users.find('john')).toEqual(aUser({ enabled: false }));
  });

  it('returns `undefined` for an update of a missing record, and does not create it', async () => {
    const { users } = await open();
    const change = jest.fn((user: User) => user);
    expect(await users.change('john', change)).toBeUndefined();
    expect(change).not.toHaveBeenCalled();
    expect(await users.find('john')).toBeUndefined();
    expect(await users.isEmpty()).toBe(true);
  });

  it('loses none of ten concurrent updates', async () => {
    const { users } = await open();
    await users.insert('john', aUser({ roles: [] }));
    const names = Array.from({ length: 10 }, (_, index) => `role-${index}`);
    const add = (role: string) => users.change('john', (user) => ({ ...user, roles: [...user.roles, role] }));
    await Promise.all(names.map(add));
    expect([...((await users.find('john'))?.roles ?? [])].sort()).toEqual(names);
  });

  it('leaves a record unchanged when the update throws, and rethrows the error', async () => {
    const { users } = await open();
    await users.insert('john', aUser());
    const refusal = new Error('refused');
    const change = users.change('john', () => {
      throw refusal;
    });
    expect(await rejectionOf(change)).toBe(refusal);
    expect(await users.find('john')).toEqual(aUser());
  });

  it('does not restore a record that is removed while it is being updated', async () => {
    const { users } = await open();
    await users.insert('john', aUser());
    await Promise.all([users.change('john', (user) => ({ ...user, roles: [] })), users.remove('john')]);
    expect(await users.find('john')).toBeUndefined();
  });

  it('removes a user only if the condition holds for what is stored', async () => {
    const { users } = await open();
    await users.insert('john', aUser());
    expect(await users.removeIf('john', ({ enabled }) => !enabled)).toBe(false);
    expect(await users.removeIf('nobody', () => true)).toBe(false);
    expect(await users.find('john')).toEqual(aUser());
    const removed = await Promise.all(Array.from({ length: 20 }, () => users.removeIf('john', () => true)));
    expect(removed.filter(Boolean)).toHaveLength(1);
    expect(await users.find('john')).toBeUndefined();
  });

  it('checks the condition of a removal again if the user was changed in between', async () => {
    const { users } = await open();
    await users.insert('john', aUser({ enabled: false }));
    const disabled = (user: User): boolean => !user.enabled;
    const [removed, changed] = await Promise.all([
      users.removeIf('john', disabled),
      users.change('john', (user) => ({ ...user, enabled: true })),
    ]);
    // Either the removal was first, and there was nothing to change, or it did not remove the enabled user.
    expect([removed, changed === undefined]).toEqual(changed === undefined ? [true, true] : [false, false]);
    expect(await users.find('john')).toEqual(changed);
  });

  it('removes a record once', async () => {
    const { users } = await open();
    await users.insert('john', aUser());
    expect(await users.remove('john')).toBe(true);
    expect(await users.remove('john')).toBe(false);
    expect(await users.find('john')).toBeUndefined();
    expect(await collect(users.list())).toEqual([]);
    expect(await users.insert('john', aUser({ roles: [] }))).toBe(true);
  });

  it('reports whether a collection contains any record', async () => {
    const { organizations } = await open();
    expect(await organizations.isEmpty()).toBe(true);
    await organizations.insert('one', { key: 'one', enabled: true });
    expect(await organizations.isEmpty()).toBe(false);
    await organizations.remove('one');
    expect(await organizations.isEmpty()).toBe(true);
  });

  it('lists every record, and nothing if there are none', async () => {
    const { clients } = await open();
    expect(await collect(clients.list())).toEqual([]);
    const ids = Array.from({ length: 1_000 }, (_, index) => `app-${index}`);
    await Promise.all(ids.map((applicationId) => clients.insert(`key-${applicationId}`, { applicationId })));
    const owners = (await collect(clients.list())).map(([key, record]) => {
      const applicationId = record?.applicationId ?? 'nothing';
      expect(key).toBe(`key-${applicationId}`);
      return applicationId;
    });
    expect(owners).toHaveLength(ids.length);
    expect(new Set(owners)).toEqual(new Set(ids));
  });

  it('lists the remaining records when others are removed concurrently', async () => {
    const { clients } = await open();
    const ids = Array.from({ length: 500 }, (_, index) => String(index));
    await Promise.all(ids.map((applicationId) => clients.insert(applicationId, { applicationId })));
    const found = new Set<string>();
    let removed = 0;
    for await (const [, record] of clients.list()) {
      found.add(record?.applicationId ?? 'nothing');
      const doomed = 2 * removed + 1;
      removed += 1;
      if (doomed < ids.length) await clients.remove(String(doomed));
    }
    expect(ids.filter((id) => Number(id) % 2 === 0 && !found.has(id))).toEqual([]);
  });

  describe('the index of applications', () => {
    const anOwned = (id: string, owner: string, organization?: string): Application => {
      const { organization: _organization, ...rest } = anApplication;
      return { ...rest, id, owner, ...(organization === undefined ? {} : { organization }) };
    };

    /** The ids of a group, read in parts of this length. */
    const idsOf = async (
      { applications }: DirectoryStore,
      group: ApplicationGroup,
      limit = 100,
    ): Promise<readonly string[]> => {
      const ids: string[] = [];
      for (;;) {
        const after = ids.at(-1);
        const part = await applications.listGroup(group, { limit, ...(after === undefined ? {} : { after }) });
        ids.push(...part.map(([id]) => id));
        if (part.length < limit) return ids;
      }
    };

    it('lists those of an owner and those of an organization, ordered by id, in parts of any length', async () => {
      const store = await open();
      const ids = Array.from({ length: 25 }, (_, position) => `id-${position}`).sort();
      const insert = (id: string) => store.applications.insert(id, anOwned(id, 'ana@johnsorg', 'johnsorg'));
      await Promise.all([...ids].reverse().map(insert));
      await store.applications.insert('of-ben', anOwned('of-ben', 'ben@johnsorg', 'johnsorg'));
      await store.applications.insert('of-eve', anOwned('of-eve', 'ana@evilcorp', 'evilcorp'));
      const { owner: _owner, ...ownerless } = anOwned('of-none', '');
      await store.applications.insert('of-none', ownerless);
      for (const limit of [1, 7, 25, 100]) {
        expect(await idsOf(store, { owner: 'ana@johnsorg' }, limit)).toEqual(ids);
        expect(await idsOf(store, { organization: 'johnsorg' }, limit)).toEqual([...ids, 'of-ben']);
      }
      expect(await idsOf(store, { owner: 'ana@evilcorp' })).toEqual(['of-eve']);
      expect(await idsOf(store, { organization: undefined })).toEqual(['of-none']);
      expect(await idsOf(store, { owner: 'ana' })).toEqual([]);
      const [first] = await store.applications.listGroup({ owner: 'ana@johnsorg' }, { limit: 1 });
      expect(first).toEqual([ids[0], anOwned(ids[0] ?? '', 'ana@johnsorg', 'johnsorg')]);
    });

    it('follows changes and removals', async () => {
      const { applications } = await open();
      for (const id of ['a', 'b']) await applications.insert(id, anOwned(id, 'ana'));
      await applications.change('b', (application) => ({ ...application, name: 'changed' }));
      expect(await applications.remove('a')).toBe(true);
      expect(await applications.remove('a')).toBe(false);
      const listed = await applications.listGroup({ owner: 'ana' }, { limit: 10 });
      expect(listed).toEqual([['b', { ...anOwned('b', 'ana'), name: 'changed' }]]);
      await applications.insert('a', anOwned('a', 'ana'));
      expect(await applications.listGroup({ owner: 'ana' }, { limit: 10 })).toHaveLength(2);
    });

    it('finds the applications of an owner in any spelling of the name', async () => {
      const store = await open();
      await store.applications.insert('a', anOwned('a', 'ANA@JohnsOrg'));
      await store.applications.insert('b', anOwned('b', 'an\u0061@johnsorg'));
      expect(await idsOf(store, { owner: 'ana@johnsorg' })).toEqual(['a', 'b']);
    });

    it('never confuses two groups', async () => {
      const store = await open();
      const names = [...new Set(HOSTILE_NAMES.map((name) => name.normalize('NFKC').toLowerCase().normalize('NFKC')))];
      for (const [position, name] of names.entries())
        await store.applications.insert(`id${position}`, anOwned(`id${position}`, name, name));
      for (const [position, name] of names.entries()) {
        expect(await idsOf(store, { owner: name })).toEqual([`id${position}`]);
        expect(await idsOf(store, { organization: name })).toEqual([`id${position}`]);
      }
    });

    it('inserts no application above the limit of its owner, however many callers are concurrent', async () => {
      const { applications } = await open();
      const insert = (_: unknown, position: number) =>
        applications.insertOwned(`id-${position}`, anOwned(`id-${position}`, position % 2 === 0 ? 'ana' : 'ANA'), 7);
      const outcomes = await Promise.all(Array.from({ length: 40 }, insert));
      expect(outcomes.filter((outcome) => outcome === 'inserted')).toHaveLength(7);
      expect(outcomes.filter((outcome) => outcome === 'limited')).toHaveLength(33);
      expect(await applications.listGroup({ owner: 'ana' }, { limit: 100 })).toHaveLength(7);
      expect(await applications.insertOwned('of-ben', anOwned('of-ben', 'ben'), 1)).toBe('inserted');
      expect(await applications.insertOwned('of-ben', anOwned('of-ben', 'ben'), Infinity)).toBe('taken');
      const [first] = await applications.listGroup({ owner: 'ana' }, { limit: 1 });
      await applications.remove(first?.[0] ?? '');
      expect(await applications.insertOwned('next', anOwned('next', 'ana'), 7)).toBe('inserted');
      expect(await applications.insertOwned('another', anOwned('another', 'ana'), 7)).toBe('limited');
      expect(await applications.insertOwned('another', anOwned('another', 'ana'), Infinity)).toBe('inserted');
    });
  });

  describe('the index of pending requests', () => pendingRequestsContract(open));

  it('separates records with any keys', async () => {
    const { clients }: { clients: Collection<{ applicationId: string }> } = await open();
    for (const name of HOSTILE_NAMES) {
      expect(await clients.find(name)).toBeUndefined();
      expect(await clients.insert(name, { applicationId: name })).toBe(true);
    }
    for (const name of HOSTILE_NAMES) expect(await clients.find(name)).toEqual({ applicationId: name });
    expect(await collect(clients.list())).toHaveLength(HOSTILE_NAMES.length);
    const [kept = '', ...others] = HOSTILE_NAMES;
    for (const name of others) expect(await clients.remove(name)).toBe(true);
    expect(await collect(clients.list())).toEqual([[kept, { applicationId: kept }]]);
  });
};
