import { cheapPasswords, aGate } from '../support/gate';

describe('declared users', () => {
  it('can all sign in, however many there are and however short the queue of sign-ins is', async () => {
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
});
