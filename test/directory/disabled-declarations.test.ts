import type { RedisLike } from 'scopegate';
import { aGate, APPLICATION, gateOptions, JANE, JOHN, silentLogger, type TestGate } from '../support/gate/gate';
import { rejectionOf } from '../support/expect/thrown';
import { redisWithHook } from '../support/redis/hook';
import { everyStore, onRedis } from '../support/stores/every-store';
import { collect } from '../support/stores/collect';
import { passwordForm, refreshForm } from '../support/tokens/forms';

const KEY = APPLICATION[0];

const acceptedOf = async ({ get, token }: TestGate, user: typeof JOHN, tokens: { access_token: string }) => [
  (await get('/me', tokens.access_token)).status,
  (await token(passwordForm(user))).status,
];

describe.each(everyStore)('a declared user in %s', (_name, freshStore) => {
  it('can be disabled, which ends all grants, and enabled again', async () => {
    const tested = aGate(await freshStore());
    const { users } = tested.gate.directory;
    const [johns, janes] = [await tested.signIn(), await tested.signIn(JANE)];
    expect(await users.disable('JOHN@gmail.com@JohnsOrg')).toMatchObject({ enabled: false, disabledBy: 'operator' });
    expect(await users.find(JOHN[0])).toMatchObject({ enabled: false, disabledBy: 'operator', roles: ['clerk'] });
    const listed = (await collect(users.list())).filter(({ enabled }) => !enabled);
    expect(listed.map(({ username }) => username)).toEqual([JOHN[0]]);
    expect(await acceptedOf(tested, JOHN, johns)).toEqual([401, 400]);
    expect((await tested.token(refreshForm(johns.refresh_token))).status).toBe(400);
    expect(await acceptedOf(tested, JANE, janes)).toEqual([200, 200]);
    expect(await users.enable(JOHN[0])).toMatchObject({ enabled: true });
    expect(await acceptedOf(tested, JOHN, johns)).toEqual([401, 200]);
  });

  it('stays disabled if an administrator enables what the operator disabled', async () => {
    const { gate, token } = aGate(await freshStore());
    const { users } = gate.directory;
    await users.disable(JOHN[0], { by: 'administrator' });
    await users.disable(JOHN[0]);
    const error = await rejectionOf(users.enable(JOHN[0], { by: 'administrator' }));
    expect(error).toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
    expect((await token(passwordForm(JOHN))).status).toBe(400);
    await users.enable(JOHN[0]);
    await users.disable(JOHN[0], { by: 'administrator' });
    await users.enable(JOHN[0], { by: 'administrator' });
    expect((await token(passwordForm(JOHN))).status).toBe(200);
  });
});

describe.each(everyStore)('a declared application in %s', (_name, freshStore) => {
  it('can be disabled, which ends all grants of all its keys, and enabled again', async () => {
    const sandbox = { consumerKey: 'sandbox-key', consumerSecret: 'sandbox-secret' };
    const [declared] = gateOptions(silentLogger).applications ?? [];
    if (declared === undefined) throw new Error('the test gate declares an application');
    const tested = aGate({ ...(await freshStore()), applications: [{ ...declared, sandbox }] });
    const { applications } = tested.gate.directory;
    const tokens = await tested.signIn();
    const ofSandbox = await tested.signIn(JOHN, 'read', ['sandbox-key', 'sandbox-secret']);
    expect(await applications.disable(KEY)).toMatchObject({ enabled: false, disabledBy: 'operator' });
    for (const { access_token } of [tokens, ofSandbox])
      expect((await tested.get('/me', access_token)).status).toBe(401);
    expect((await tested.token(passwordForm(JOHN))).status).toBe(401);
    expect((await tested.token(passwordForm(JOHN), ['sandbox-key', 'sandbox-secret'])).status).toBe(401);
    expect(await applications.find(KEY)).toMatchObject({ enabled: false });
    await applications.enable(KEY);
    await tested.signIn();
    await tested.signIn(JOHN, 'read', ['sandbox-key', 'sandbox-secret']);
  });
});

describe('a declared record that is disabled', () => {
  it('is refused by every gate, also by one that is started later or has other declarations', async () => {
    const store = await onRedis();
    const [here, there] = [aGate(store), aGate(store)];
    await Promise.all([here.gate.ready(), there.gate.ready()]);
    const tokens = await there.signIn();
    await here.gate.directory.users.disable(JOHN[0]);
    expect((await there.get('/me', tokens.access_token)).status).toBe(401);
    expect((await there.token(passwordForm(JOHN))).status).not.toBe(200);
    await Promise.all([here.close(), there.close()]);

    const { users = [] } = gateOptions(silentLogger);
    if (!Array.isArray(users)) throw new Error('the users of the test gate are declared');
    const [john, ...others] = users;
    const changed = aGate({ ...store, users: [{ ...john, password: 'another-password' }, ...others] });
    await changed.gate.ready();
    expect((await changed.token(passwordForm([JOHN[0], 'another-password']))).status).toBe(400);
    await changed.gate.directory.users.enable(JOHN[0]);
    await changed.signIn([JOHN[0], 'another-password']);
  });

  it('is disabled and enabled by concurrent calls at two gates, all of which succeed and agree', async () => {
    const store = await onRedis();
    const [here, there] = [aGate(store), aGate(store)];
    await Promise.all([here.gate.ready(), there.gate.ready()]);
    const calls = Array.from({ length: 60 }, (_, call) => {
      const { users } = (call % 2 === 0 ? here : there).gate.directory;
      return call % 3 === 0 ? users.disable(JOHN[0]) : users.enable(JOHN[0]);
    });
    await Promise.all(calls);
    const [one, other] = await Promise.all([here, there].map(({ gate }) => gate.directory.users.find(JOHN[0])));
    expect(one).toEqual(other);
  });

  it('is not listed as enabled if the store does not reply', async () => {
    const { redis, ...store } = await onRedis();
    let isAway = false;
    const isRead = ([command, key]: readonly unknown[]): boolean =>
      isAway && /^hm?get$/.test(String(command)) && String(key).endsWith(':declarations');
    const lossy = redisWithHook(redis as RedisLike & object, isRead, () => Promise.reject(new Error('reset')));
    const { users } = aGate({ ...store, redis: lossy, cache: false }).gate.directory;
    await users.disable(JOHN[0]);
    isAway = true;
    expect(await rejectionOf(collect(users.list()))).toMatchObject({ code: 'ERR_SCOPEGATE_STORE_UNAVAILABLE' });
    const listed = await collect(users.list()); // it replies again
    expect(listed.find(({ username }) => username === JOHN[0])?.enabled).toBe(false);
  });

  it('is enabled if it is no longer declared and then declared again', async () => {
    const store = await onRedis();
    const { users = [] } = gateOptions(silentLogger);
    if (!Array.isArray(users)) throw new Error('the users of the test gate are declared');
    const first = aGate(store);
    await first.gate.directory.users.disable(JOHN[0]);
    const second = aGate({ ...store, users: users.slice(1) });
    await second.gate.ready();
    const third = aGate(store);
    await third.gate.ready();
    await third.signIn();
  });
});
