import { ConfigurationError, createMemoryStore, scopegate, type MemoryStore, type ScopegateOptions } from 'scopegate';
import { aGate, gateOptions, JANE, JOHN, silentLogger, subscribing, type TestScope } from '../support/gate/gate';
import { testRedis } from '../support/redis/redis';
import { passwordForm } from '../support/tokens/forms';

const stores: MemoryStore[] = [];

afterAll(() => stores.forEach((store) => store.close()));

const aMemoryStore = (): MemoryStore => {
  const store = createMemoryStore();
  stores.push(store);
  return store;
};

/** The declared users of the tests, with another password for Jane, or without her. */
const declaring = (janesPassword?: string): Partial<ScopegateOptions<TestScope>> => ({
  users: [
    { username: 'john@gmail.com', organization: 'johnsorg', password: JOHN[1], roles: ['clerk'] },
    { username: 'mary@gmail.com', organization: 'johnsorg', password: 'mary-password', roles: ['manager'] },
    ...(janesPassword === undefined
      ? []
      : [{ username: 'jane@gmail.com', organization: 'johnsorg', password: janesPassword }]),
  ],
});

describe('a gate that takes over the memory of another', () => {
  it('accepts the tokens of the other, after that is closed', async () => {
    const memory = aMemoryStore();
    const first = aGate({ memory });
    const tokens = await first.signIn(JOHN, 'read update');
    const second = aGate({ memory, realm: 'second' });
    await second.gate.ready();
    await first.close();
    expect((await second.get('/orders', tokens.access_token)).status).toBe(200);
    const refreshed = await second.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    expect(refreshed.status).toBe(200);
    expect(second.lines.some(({ message }) => /kept in the memory/.test(message))).toBe(false);
  });

  it('refuses immediately a token that is revoked through the other, even if it is cached', async () => {
    const memory = aMemoryStore();
    const [first, second] = [aGate({ memory }), aGate({ memory })];
    const { access_token: token } = await first.signIn(JOHN, 'read');
    expect((await second.get('/orders', token)).status).toBe(200);
    expect((await second.get('/orders', token)).status).toBe(200);
    expect((await first.postTo('/revoke', { token })).status).toBe(200);
    expect((await second.get('/orders', token)).status).toBe(401);
  });

  it('has the records that were created in the other, and notices their changes', async () => {
    const memory = aMemoryStore();
    const [first, second] = [aGate({ memory }), aGate({ memory })];
    const users = [first.gate, second.gate].map(({ directory }) => directory.users);
    await users[0]?.create({ username: 'kim', organization: 'johnsorg', password: 'kim-password' });
    const kim = ['kim@johnsorg', 'kim-password'] as const;
    const { access_token: token } = await second.signIn(kim, 'read');
    expect((await second.get('/orders', token)).status).toBe(200);
    await users[0]?.disable('kim@johnsorg');
    expect((await second.get('/orders', token)).status).toBe(401);
    expect((await second.token(passwordForm(kim, 'read'))).status).toBe(400);
  });

  it('ends what was issued to a user that it does not declare, or declares with another password', async () => {
    const memory = aMemoryStore();
    const first = aGate({ memory });
    await first.gate.ready();
    const [johns, janes] = [await first.signIn(JOHN, 'read'), await first.signIn(JANE, 'read')];
    const second = aGate({ memory, ...declaring('another-password') });
    await second.gate.ready();
    expect((await second.get('/orders', janes.access_token)).status).toBe(401);
    expect((await second.get('/orders', johns.access_token)).status).toBe(200);

    const jane = [JANE[0], 'another-password'] as const;
    const again = await second.signIn(jane, 'read');
    const third = aGate({ memory, ...declaring() });
    await third.gate.ready();
    expect((await third.get('/orders', again.access_token)).status).toBe(401);
    expect((await third.get('/orders', johns.access_token)).status).toBe(200);
  });

  it('grants an application no more rights than it declares', async () => {
    const memory = aMemoryStore();
    const first = aGate({ memory });
    await first.gate.ready();
    const { access_token: token } = await first.signIn(JOHN, 'read update');
    const [application] = subscribing();
    const second = aGate({
      memory,
      applications: application === undefined ? [] : [{ ...application, scopes: ['read'] }],
    });
    await second.gate.ready();
    expect((await second.put('/orders/1', token)).status).toBe(401);
  });
});

describe('the option memory', () => {
  const faultsOf = (options: object): readonly string[] => {
    try {
      scopegate({ ...gateOptions(silentLogger), ...options });
      return [];
    } catch (error) {
      if (error instanceof ConfigurationError)
        return error.faults.map(({ path, problem }) => `${path.join('.')}: ${problem}`);
      throw error;
    }
  };

  it('is a store from createMemoryStore', () => {
    expect(faultsOf({ memory: {} })).toEqual(['memory: must be a store from createMemoryStore(); got an object']);
  });

  it('is refused together with redis', async () => {
    expect(faultsOf({ memory: aMemoryStore(), redis: await testRedis() })).toEqual([
      'memory: is given together with redis; leave one of them out',
    ]);
  });
});
