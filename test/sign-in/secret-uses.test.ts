import { Directory } from '../../src/directory/directory';
import type { Application, Client } from '../../src/directory/records';
import { SecretUses } from '../../src/sign-in/secret-uses';
import { StoreUnavailableError } from '../../src/protocol/errors';
import { digestOf } from '../../src/protocol/secrets';
import { MemoryDirectoryStore } from '../../src/stores/memory/directory';
import { aClock } from '../support/time/clock';
import { recordedLogger } from '../support/gate/gate';
import { nextTurn } from '../support/time/waiting';

const opened: SecretUses[] = [];
afterEach(async () => {
  for (const uses of opened.splice(0)) await uses.close();
});

const NOON = 1_800_000_000;

const anApplication = (id: string): Application => ({
  id,
  name: id,
  subscriptions: [],
  introspect: false,
  enabled: true,
  keys: {
    production: {
      clientId: `key of ${id}`,
      secrets: [{ id: `secret of ${id}`, digest: digestOf(id), createdAt: 0 }],
    },
  },
});

/** Uses of two applications that were made at run time; `beforeChange` runs before each write to the store. */
const open = async (beforeChange: (applicationId: string) => Promise<void> = async () => undefined) => {
  const clock = aClock(NOON);
  const made = new MemoryDirectoryStore();
  const { applications } = made;
  const store = {
    organizations: made.organizations,
    users: made.users,
    clients: made.clients,
    declarations: made.declarations,
    isShared: made.isShared,
    applications: {
      insert: applications.insert.bind(applications),
      insertOwned: applications.insertOwned.bind(applications),
      listGroup: applications.listGroup.bind(applications),
      listRequests: applications.listRequests.bind(applications),
      find: applications.find.bind(applications),
      remove: applications.remove.bind(applications),
      list: applications.list.bind(applications),
      isEmpty: applications.isEmpty.bind(applications),
      change: async (key: string, change: (application: Application) => Application) => {
        await beforeChange(key);
        return applications.change(key, change);
      },
    },
  };
  const nothing = new Map<string, never>();
  const declared = { organizations: nothing, users: nothing, applications: nothing, clients: nothing };
  const directory = new Directory(declared, store, clock.now);
  for (const id of ['one', 'two']) await applications.insert(id, anApplication(id));
  const { logger, lines } = recordedLogger();
  const uses = new SecretUses(directory, logger);
  opened.push(uses);

  const lastUseOf = async (id: string) =>
    (await applications.find(id))?.keys.production?.secrets.map(({ lastUsedAt }) => lastUsedAt);
  const use = (id: string): void => {
    const application = anApplication(id);
    const pair = application.keys.production;
    const [secret] = pair?.secrets ?? [];
    if (pair === undefined || secret === undefined) throw new Error('the application has no secret');
    const client: Client = { ...pair, environment: 'production', application };
    uses.note(client, secret);
  };
  return { clock, lines, uses, use, lastUseOf };
};

describe('last uses of client secrets', () => {
  it('are written to the minute, the latest one of each secret', async () => {
    const { clock, uses, use, lastUseOf } = await open();
    use('one');
    clock.advance(119);
    use('one');
    expect(await lastUseOf('one')).toEqual([undefined]);
    await uses.flush();
    expect(await lastUseOf('one')).toEqual([NOON + 60]);
    expect(await lastUseOf('two')).toEqual([undefined]);
  });

  it('are written when the gate closes, even during another write', async () => {
    const ends: (() => void)[] = [];
    const { uses, use, lastUseOf } = await open(
      () =>
        new Promise<void>((resolve) => {
          ends.push(resolve);
        }),
    );
    use('one');
    void uses.flush();
    await nextTurn();
    use('two');
    let isClosed = false;
    const closing = Promise.resolve(uses.close()).then(() => {
      isClosed = true;
    });
    await nextTurn();
    expect([isClosed, ends.length]).toEqual([false, 1]);
    ends[0]?.();
    await nextTurn();
    ends[1]?.();
    await closing;
    expect([await lastUseOf('one'), await lastUseOf('two')]).toEqual([[NOON], [NOON]]);
  });

  it('are logged if they cannot be written, and do not prevent others from being written', async () => {
    const { lines, uses, use, lastUseOf } = await open(async (id) => {
      if (id === 'one') throw new StoreUnavailableError('deadline');
    });
    use('one');
    use('two');
    await uses.flush();
    expect(lines).toMatchObject([
      { level: 'info', message: 'The last use of some client secrets could not be written' },
    ]);
    expect([await lastUseOf('one'), await lastUseOf('two')]).toEqual([[undefined], [NOON]]);
  });

  it('are bounded until they are written', async () => {
    let changes = 0;
    const { uses, use } = await open(async () => {
      changes += 1;
    });
    for (let count = 0; count < 10_010; count += 1) use(`made ${count}`);
    await uses.flush();
    expect(changes).toBe(10_000);
  });
});
