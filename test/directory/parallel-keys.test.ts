import { createApplications, type Applications } from '../../src/directory/applications';
import { declareDirectory } from '../../src/directory/declared';
import { Directory } from '../../src/directory/directory';
import type { DirectoryStore } from '../../src/directory/directory-store';
import { Passwords } from '../../src/directory/passwords';
import { systemClock } from '../../src/protocol/time';
import { MemoryDirectoryStore } from '../../src/stores/memory/directory';
import { MemoryTokenStore } from '../../src/stores/memory/tokens';
import { RedisDirectoryStore } from '../../src/stores/redis/directory';
import { createTokenService } from '../../src/tokens/token-service';
import { ignoreEvents } from '../support/gate/ignored-events';
import { collect } from '../support/stores/collect';
import { testRedis } from '../support/redis/redis';
import { openRedis } from '../support/redis/connection';
import { cheapPasswords } from '../support/gate/gate';

const tokenStores: MemoryTokenStore[] = [];

afterAll(async () => {
  for (const store of tokenStores) await store.close();
});

const applicationsIn = (store: DirectoryStore): Applications => {
  const passwords = new Passwords({
    ...cheapPasswords,
    parallelism: 1,
    concurrency: 2,
    queue: 100,
    queueDeadline: 5_000,
  });
  const declared = declareDirectory({ organizations: [], users: [], applications: [] }, passwords);
  const directory = new Directory(declared, store, systemClock);
  const memory = new MemoryTokenStore({ clock: systemClock, maxGrants: 100 });
  tokenStores.push(memory);
  const lifetimes = { accessTokenLifetime: 60, refreshTokenLifetime: 60, grantLifetime: 60, refreshGrace: 0 };
  const tokens = createTokenService(memory, { lifetimes, clock: systemClock, emit: ignoreEvents });
  return createApplications({
    directory,
    tokens,
    scopes: new Set(),
    apis: new Map(),
    userSource: 'directory' as const,
    limits: { applicationsPerUser: Infinity, secretsPerKey: Infinity },
    emit: ignoreEvents,
  });
};

const everyDirectoryStore: readonly (readonly [name: string, open: () => Promise<DirectoryStore>])[] = [
  ['the embedded store', async () => new MemoryDirectoryStore()],
  [
    'Redis',
    async () => {
      const { connection, keys } = openRedis(await testRedis());
      return new RedisDirectoryStore(connection, keys, 'optional');
    },
  ],
];

describe.each(everyDirectoryStore)('concurrent key generation, in %s,', (_name, open) => {
  const openWithApplication = async () => {
    const store = await open();
    const applications = applicationsIn(store);
    const { id } = await applications.create({ name: 'App' });
    const clientIds = async () => (await collect(store.clients.list())).map(([clientId]) => clientId).sort();
    return { store, applications, id, clientIds };
  };

  it('creates one key pair with a secret for each call, and leaves nothing behind after removal', async () => {
    const { applications, id, clientIds } = await openWithApplication();
    const calls = Array.from({ length: 6 }, () => applications.generateKeys(id, { environment: 'production' }));
    const generated = await Promise.all(calls);
    const pair = (await applications.find(id))?.keys.production;
    expect(new Set(generated.map(({ clientId }) => clientId))).toEqual(new Set([pair?.clientId]));
    expect(pair?.secrets.map((secret) => secret.id).sort()).toEqual(generated.map(({ secretId }) => secretId).sort());
    expect(await clientIds()).toEqual([pair?.clientId]);
    await applications.remove(id);
    expect(await clientIds()).toEqual([]);
  });

  it('accepts one of several imported keys with different names, and leaves the others free', async () => {
    const { applications, id, clientIds } = await openWithApplication();
    const imported = ['k1', 'k2', 'k3'];
    const calls = imported.map((clientId) => applications.generateKeys(id, { environment: 'production', clientId }));
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const taken = (await applications.find(id))?.keys.production?.clientId ?? '';
    expect(await clientIds()).toEqual([taken]);
    const { id: other } = await applications.create({ name: 'Other' });
    const free = imported.find((clientId) => clientId !== taken) ?? '';
    await applications.generateKeys(other, { environment: 'production', clientId: free });
    expect(await clientIds()).toEqual([taken, free].sort());
  });

  it('never gives both environments the same imported key', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { applications, id, clientIds } = await openWithApplication();
      const environments = ['production', 'sandbox'] as const;
      const calls = environments.map((environment) => applications.generateKeys(id, { environment, clientId: 'one' }));
      const settled = await Promise.allSettled(calls);
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const keys = (await applications.find(id))?.keys ?? {};
      expect(Object.values(keys).map(({ clientId }) => clientId)).toEqual(['one']);
      expect(await clientIds()).toEqual(['one']);
    }
  });

  it('leaves nothing behind when the application is removed concurrently', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { applications, id, clientIds } = await openWithApplication();
      const imported = `imported-${round}`;
      await Promise.allSettled([
        applications.generateKeys(id, { environment: 'production', clientId: imported }),
        applications.generateKeys(id, { environment: 'sandbox' }),
        applications.remove(id),
        applications.generateKeys(id, { environment: 'sandbox' }),
      ]);
      expect(await applications.find(id)).toBeUndefined();
      expect(await clientIds()).toEqual([]);
    }
  });

  it('takes a key over from an application that no longer exists, and from no other', async () => {
    const { store, applications, id, clientIds } = await openWithApplication();
    await store.clients.insert('orphan', { applicationId: 'gone' });
    await applications.generateKeys(id, { environment: 'production', clientId: 'orphan' });
    expect(await clientIds()).toEqual(['orphan']);
    expect(await store.clients.find('orphan')).toEqual({ applicationId: id });
    const { id: other } = await applications.create({ name: 'Other' });
    await expect(
      applications.generateKeys(other, { environment: 'production', clientId: 'orphan' }),
    ).rejects.toMatchObject({ code: 'ERR_SCOPEGATE_EXISTS' });
  });
});
