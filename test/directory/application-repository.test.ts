import { Directory } from '../../src/directory/directory';
import type { Application } from '../../src/directory/records';
import { systemClock } from '../../src/protocol/time';
import { MemoryDirectoryStore } from '../../src/stores/memory/directory';

const anApplication = (id: string, organization = 'johnsorg', name = id): Application => ({
  id,
  name,
  owner: `ana@${organization}`,
  organization,
  subscriptions: [],
  introspect: false,
  enabled: true,
  keys: {},
});

const GROUP = { organization: 'johnsorg' };

/** Applications of one organization, declared and made, with a made one that a declared one hides. */
const open = async () => {
  const store = new MemoryDirectoryStore();
  const made = Array.from({ length: 30 }, (_, position) => `m${String(position).padStart(2, '0')}`);
  for (const id of made) await store.applications.insert(id, anApplication(id, 'johnsorg', 'made'));
  await store.applications.insert('m10-of-others', anApplication('m10-of-others', 'evilcorp'));
  const declared = ['a', 'm07', 'm07-later', 'm29-last', 'z'];
  const nothing = new Map<string, never>();
  const directory = new Directory(
    {
      organizations: nothing,
      users: nothing,
      applications: new Map(
        ['of-others', ...declared].map((id) => [id, anApplication(id, id === 'of-others' ? 'evilcorp' : 'johnsorg')]),
      ),
      clients: nothing,
    },
    store,
    systemClock,
  );
  return { applications: directory.applications, ids: [...new Set([...made, ...declared])].sort() };
};

it.each([1, 2, 3, 7, 34, 35, 100])(
  'parts of %i applications of a group contain each of them once, in order',
  async (limit) => {
    const { applications, ids } = await open();
    const found: Application[] = [];
    let after: string | undefined;
    do {
      const part = await applications.findFreshPage(GROUP, { limit, ...(after === undefined ? {} : { after }) });
      expect(part.applications.length).toBeLessThanOrEqual(limit);
      found.push(...part.applications);
      after = part.next;
    } while (after !== undefined);
    expect(found.map(({ id }) => id)).toEqual(ids);
    expect(found.find(({ id }) => id === 'm07')?.name).toBe('m07'); // the declared one
  },
);

it('a part begins after any text, also if no application has that id', async () => {
  const { applications } = await open();
  const { applications: found } = await applications.findFreshPage(GROUP, { after: 'm27-nothing', limit: 10 });
  expect(found.map(({ id }) => id)).toEqual(['m28', 'm29', 'm29-last', 'z']);
});

it('a group is listed with its declared applications, each once', async () => {
  const { applications, ids } = await open();
  const found: string[] = [];
  for await (const { id } of applications.listGroup({ owner: 'ANA@johnsorg' })) found.push(id);
  expect(found.sort()).toEqual(ids);
});
