import { everyStore } from '../support/stores/every-store';
import { aGate, type Pair } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { thrownBy } from '../support/expect/thrown';
import { passwordForm } from '../support/tokens/forms';
import { EXISTS, NOT_FOUND } from '../support/gate/managed-directory';

const SIMILAR: readonly (readonly [string, string])[] = [
  ['weiß@x.de', 'weiss@x.de'],
  ['weiss@x.de', 'weiß@x.de'],
  ['yıldız', 'yildiz'],
  ['οδος', 'οδοσ'],
];

describe.each(everyStore)(
  'user names that differ only in letters that case mapping merges, in %s,',
  (_name, freshStore) => {
    const password = 'a-password-of-the-first';
    const pairOf = (username: string, word = password): Pair => [`${username}@johnsorg`, word];
    const order = (username: string) => ({ username, organization: 'johnsorg', password });

    it.each(SIMILAR)(
      'S-092 cannot exist together: with %s in place, %s cannot be created and matches no user',
      async (one, other) => {
        const gate = aGate(await freshStore());
        const { users } = gate.gate.directory;
        expect(await users.create(order(one))).toMatchObject({ username: `${one}@johnsorg` });
        await expect(users.create(order(other))).rejects.toEqual(EXISTS);

        await gate.signIn(pairOf(one));
        await gate.signIn(pairOf(one));
        await gate.token(passwordForm(pairOf(other))).expect(400);
        const [there, absent] = [pairOf(one)[0], pairOf(other)[0]];
        expect(await users.find(there)).toMatchObject({ username: there });
        expect(await users.find(absent)).toBeUndefined();
        for (const call of [
          users.setPassword(absent, 'another-password'),
          users.setRoles(absent, ['clerk']),
          users.disable(absent),
          users.enable(absent),
          users.remove(absent),
        ]) {
          await expect(call).rejects.toEqual(NOT_FOUND);
        }
        await gate.signIn(pairOf(one));
        const names = (await collect(users.list())).map(({ username }) => username);
        expect(names).toContain(there);

        await users.remove(there);
        await users.create(order(other));
        await gate.signIn(pairOf(other));
        await gate.token(passwordForm(pairOf(one))).expect(400);
      },
    );

    it('S-092 cannot be created beside a declared one', async () => {
      const gate = aGate({ ...(await freshStore()), users: [order('weiß')] });
      const { users } = gate.gate.directory;
      await gate.signIn(pairOf('weiß'));
      await gate.signIn(pairOf('WEIẞ'));
      await expect(users.create(order('weiss'))).rejects.toEqual(EXISTS);
      await gate.token(passwordForm(pairOf('weiss'))).expect(400);
      await expect(users.setRoles('weiss@johnsorg', [])).rejects.toEqual(NOT_FOUND);
    });

    it('are different names if they differ in more, including accents', async () => {
      const { users } = aGate(await freshStore()).gate.directory;
      for (const name of ['weiß', 'weis', 'ana', 'aná']) await users.create(order(name));
      expect(await users.find('weis@johnsorg')).toMatchObject({ username: 'weis@johnsorg' });
    });
  },
);

it('S-092 two declared names that differ only in such letters are a start error', () => {
  const users = ['weiß', 'weiss'].map((username) => ({ username, organization: 'johnsorg', password: 'x' }));
  expect(thrownBy(() => aGate({ users }))).toMatchObject({ message: expect.stringContaining('users[1].username') });
});
