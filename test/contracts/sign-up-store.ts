import type { OpenBackend } from '../support/stores/backends';
import { aClock } from '../support/time/clock';
import { HOSTILE_NAMES } from '../support/tokens/records';

const MAX = 3;

/** The contract of every index of the sign-ups that wait for approval. */
export const signUpStoreContract = (openBackend: OpenBackend): void => {
  const open = async () => {
    const clock = aClock();
    const { signUps: store } = await openBackend(clock.now);
    const add = (username: string, organization = 'johnsorg', max = MAX) =>
      store.add(organization, { username, expiresAt: clock.now() + 600 }, max);
    const names = async (organization = 'johnsorg') => (await store.list(organization)).map(({ username }) => username);
    return { clock, store, add, names };
  };

  it('lists the names of each organization, whatever they are, until they are removed', async () => {
    const { clock, store, add, names } = await open();
    const organizations = HOSTILE_NAMES.slice(0, 3);
    for (const organization of organizations) {
      for (const name of HOSTILE_NAMES) expect(await add(name, organization, 1_000)).toBe('stored');
      expect([...(await names(organization))].sort()).toEqual([...new Set(HOSTILE_NAMES)].sort());
    }
    const [first = '', second = ''] = organizations;
    for (const name of HOSTILE_NAMES) await store.remove(first, name);
    await store.remove(first, 'never added');
    expect(await store.list(first)).toEqual([]);
    expect((await store.list(second))[0]?.expiresAt).toBe(clock.now() + 600);
  });

  it('adds at most so many names of an organization, whatever the name', async () => {
    const { add, names } = await open();
    const added = await Promise.all(Array.from({ length: 20 }, (_, index) => add(`user ${index}`)));
    expect(added.filter((one) => one === 'stored')).toHaveLength(MAX);
    const [present = ''] = await names();
    expect(await add(present)).toBe('limited'); // the same as for a name that is not there
    expect(await add('one more')).toBe('limited');
    expect(await add('one more', 'acme')).toBe('stored');
    expect(await names()).toHaveLength(MAX);
  });

  it('does not count names that have expired, and lists them in the order of their expiry', async () => {
    const { clock, add, store, names } = await open();
    await add('first');
    clock.advance(300);
    await add('second');
    await add('first'); // keeps its expiry
    clock.advance(300);
    expect(await names()).toEqual(['first', 'second']);
    expect((await store.list('johnsorg')).map(({ expiresAt }) => expiresAt - clock.now())).toEqual([0, 300]);
    for (const name of ['third', 'first']) expect(await add(name)).toBe('stored');
    expect(await add('fourth')).toBe('limited');
    expect(new Set(await names())).toEqual(new Set(['second', 'third', 'first']));
    expect((await names())[0]).toBe('second');
  });
};
