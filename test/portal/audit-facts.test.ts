import { declareDirectory } from '../../src/directory/declared';
import { Directory } from '../../src/directory/directory';
import { Passwords } from '../../src/directory/passwords';
import { organizationOfFact } from '../../src/portal/audit-facts';
import { systemClock } from '../../src/protocol/time';
import { MemoryDirectoryStore } from '../../src/stores/memory/directory';
import { cheapPasswords } from '../support/gate';

const passwords = new Passwords({ ...cheapPasswords, parallelism: 1, concurrency: 1, queue: 9, queueDeadline: 5_000 });

/** A directory with an organization, a user of it, and a user from before there were organizations. */
const aDirectory = async (): Promise<Directory> => {
  const store = new MemoryDirectoryStore();
  await store.organizations.insert('acme.com', { key: 'acme.com', enabled: true });
  const user = { passwordHash: '', roles: [], enabled: true };
  await store.users.insert('amy@acme.com', { ...user, username: 'amy@acme.com', organization: 'acme.com' });
  await store.users.insert('old@acme.com', { ...user, username: 'old@acme.com' });
  return new Directory(
    declareDirectory({ organizations: [], users: [], applications: [] }, passwords),
    store,
    systemClock,
  );
};

describe('the organization of a fact that does not name it', () => {
  it.each([
    ['of a user of the directory is the user`s', 'directory', 'amy@acme.com', 'acme.com'],
    ['of a user from before there were organizations is none', 'directory', 'old@acme.com', undefined],
    ['of a user who was removed meanwhile is what the name ends with', 'directory', 'gone@acme.com', 'acme.com'],
    ['of a name that ends with no organization is none', 'directory', 'gone@nowhere', undefined],
    ['of an id that a users function made is none', 'function', 'amy@acme.com', undefined],
    ['of nobody is none', 'directory', undefined, undefined],
  ] as const)('%s', async (_what, userSource, target, organization) => {
    const fact = { action: 'revoke', ...(target === undefined ? {} : { target }) };
    expect(await organizationOfFact(await aDirectory(), userSource, fact)).toBe(organization);
  });

  it.each(['directory', 'function'] as const)(
    'of a failed sign-in is that of the name, users being %s',
    async (userSource) => {
      const directory = await aDirectory();
      const of = (target: string) => organizationOfFact(directory, userSource, { action: 'sign_in_failed', target });
      expect(await of('nobody@acme.com')).toBe('acme.com');
      expect(await of('nobody@nowhere')).toBeUndefined();
      expect(await of('acme.com')).toBeUndefined();
    },
  );
});
