import { ConfigurationError } from 'scopegate';
import { aGate, JOHN } from '../support/gate/gate';
import { randomPrefix, testRedis } from '../support/redis/redis';

describe('a gate whose declared name is taken', () => {
  it('ends nothing of what other gates have issued', async () => {
    const shared = { redis: await testRedis(), prefix: randomPrefix() };
    const running = aGate(shared);
    await running.gate.ready();
    await running.gate.directory.users.create({ username: 'kim', organization: 'johnsorg', password: 'kim-password' });
    const { access_token: token } = await running.signIn(JOHN, 'read');

    const refused = aGate({
      ...shared,
      users: [
        { username: 'john@gmail.com', organization: 'johnsorg', password: 'another-password', roles: ['clerk'] },
        { username: 'kim', organization: 'johnsorg', password: 'another-password' },
      ],
    });
    await expect(refused.gate.ready()).rejects.toThrow(ConfigurationError);
    await refused.close();
    expect((await running.get('/orders', token)).status).toBe(200);
    expect((await running.signIn(JOHN, 'read')).scope).toBe('read');
  });
});
