import { aGate, cheapPasswords } from '../support/gate/gate';

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
        message.includes('argon2 figures'),
      );
    expect(warned(hash('m=65536,t=3,p=4'))).toBe(true);
    expect(warned(hash('m=8,t=1,p=1'))).toBe(false);
  });
});
