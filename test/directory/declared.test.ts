import { aGate, cheapPasswords } from '../support/gate/gate';
import { Passwords } from '../../src/directory/passwords';
import { passwordForm } from '../support/tokens/forms';

describe('declared users', () => {
  it('can all sign in, however many there are and however short the sign-in queue is', async () => {
    const users = Array.from({ length: 40 }, (_, index) => ({
      username: `user${index}`,
      organization: 'johnsorg',
      password: `password-${index}`,
    }));
    const gate = aGate({ users, passwords: { ...cheapPasswords, queue: 1, concurrency: 1 } });
    for (const index of [0, 39]) {
      await gate.signIn([`user${index}@johnsorg`, `password-${index}`]);
    }
  });

  it('S-083 are reported to the operator if their hash has other parameters than those of the gate', () => {
    const hash = (figures: string): string => `$argon2id$v=19$${figures}$c29tZXNhbHQ$${'A'.repeat(43)}`;
    const warned = (passwordHash: string): boolean =>
      aGate({ users: [{ username: 'ana', organization: 'johnsorg', passwordHash }] }).lines.some(({ message }) =>
        message.includes('argon2 cost parameters'),
      );
    expect(warned(hash('m=65536,t=3,p=4'))).toBe(true);
    expect(warned(hash('m=8,t=1,p=1'))).toBe(false);
  });

  it('sign in with the declared password or hash', async () => {
    const passwordHash = await new Passwords({
      memoryCost: 64,
      timeCost: 2,
      parallelism: 2,
      concurrency: 1,
      queue: 1,
      queueDeadline: 1_000,
    }).hash('from-a-hash');
    const { signIn, token } = aGate({
      users: [
        { username: 'a', organization: 'johnsorg', password: 'in clear' },
        { username: 'b', organization: 'johnsorg', passwordHash, roles: ['clerk'] },
      ],
    });
    await signIn(['a@johnsorg', 'in clear']);
    expect((await signIn(['b@johnsorg', 'from-a-hash'], 'update')).scope).toBe('update');
    expect((await token(passwordForm(['b@johnsorg', passwordHash]))).status).toBe(400);
  });

  it('are all available, however many they are and however short the hash queue is', async () => {
    const users = Array.from({ length: 30 }, (_, index) => ({
      username: `u${index}`,
      organization: 'johnsorg',
      password: `p${index}`,
    }));
    const { gate, signIn } = aGate({ users, passwords: { ...cheapPasswords, concurrency: 1, queue: 2 } });
    for (const index of [0, 1, 2, 3, 15, 29]) await signIn([`u${index}@johnsorg`, `p${index}`]);
    let found = 0;
    for await (const user of gate.directory.users.list()) found += user.enabled ? 1 : 0;
    expect(found).toBe(30);
  });
});
