import { declareDirectory } from '../../src/directory/declared';
import { Directory } from '../../src/directory/directory';
import { Passwords } from '../../src/directory/passwords';
import { organizationOfFact } from '../../src/portal/admin/audit-facts';
import { systemClock } from '../../src/protocol/time';
import { MemoryDirectoryStore } from '../../src/stores/memory/directory';
import { cheapPasswords } from '../support/gate/gate';

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

describe('the organization of a fact that does not name one', () => {
  it.each([
    ['is that of a user of the directory', 'directory', 'amy@acme.com', 'acme.com'],
    ['is missing for a user from before organizations', 'directory', 'old@acme.com', undefined],
    ['is the end of the name of a removed user', 'directory', 'gone@acme.com', 'acme.com'],
    ['is missing for a name that does not end with an organization', 'directory', 'gone@nowhere', undefined],
    ['is missing for an id from a users function', 'function', 'amy@acme.com', undefined],
    ['is missing for a fact without a user', 'directory', undefined, undefined],
  ] as const)('%s', async (_what, userSource, target, organization) => {
    const fact = { action: 'revoke', ...(target === undefined ? {} : { target }) };
    expect(await organizationOfFact(await aDirectory(), userSource, fact)).toBe(organization);
  });

  it.each(['directory', 'function'] as const)(
    'is that of the name for a failed sign-in, with users from a %s',
    async (userSource) => {
      const directory = await aDirectory();
      const of = (target: string) => organizationOfFact(directory, userSource, { action: 'sign_in_failed', target });
      expect(await of('nobody@acme.com')).toBe('acme.com');
      expect(await of('nobody@nowhere')).toBeUndefined();
      expect(await of('acme.com')).toBeUndefined();
    },
  );
});
