import type { Collection, DirectoryStore } from '../../src/directory/directory-store';
import type { Application, Organization, User } from '../../src/directory/records';
import { digestOf } from '../../src/protocol/secrets';
import { HOSTILE_NAMES } from '../support/tokens/records';
import { rejectionOf } from '../support/expect/thrown';
import { collect } from '../support/stores/collect';

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
