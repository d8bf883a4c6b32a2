import { everyStore } from '../support/stores/every-store';
import { aGate, JOHN, type TestGate } from '../support/gate/gate';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm } from '../support/tokens/forms';
import { BAD_VALUE, EXISTS, NOT_FOUND } from '../support/gate/managed-directory';
import { aClock } from '../support/time/clock';
import { until } from '../support/time/waiting';

const ZOE = { username: 'zoe', organization: 'johnsorg', password: 'zoe-password' } as const;
const NAME = 'zoe@johnsorg';
const DAY = 86_400;

describe.each(everyStore)('sign-ups that wait for approval, in %s,', (_name, freshStore) => {
  const open = async (): Promise<TestGate & { readonly clock: ReturnType<typeof aClock> }> => {
    const clock = aClock();
    return { ...aGate({ ...(await freshStore()), clock: clock.now }), clock };
  };

  const tokenOf = async ({ token }: TestGate, password: string = ZOE.password) => {
    const { status, body } = await token(passwordForm([NAME, password]));
    return { status, body: body as unknown };
  };

  it('S-362 po-pending: cannot sign in, with the same answer as a wrong password, until they are approved', async () => {
    const test = await open();
    const { signUps, users } = test.gate.directory;
    const created = await signUps.create(ZOE);
    expect(created).toEqual({
      username: NAME,
      organization: 'johnsorg',
      roles: [],
      enabled: false,
      disabledBy: 'administrator',
      awaits: 'approval',
      expiresAt: Math.floor(test.clock.now()) + 30 * DAY,
    });
    expect(await signUps.list('JohnsOrg')).toEqual([created]);
    const wrong = await tokenOf(test, 'wrong');
    expect(await tokenOf(test)).toEqual(wrong);
    expect(wrong.status).toBe(400);
    expect(await rejectionOf(users.enable(NAME, { by: 'administrator' }))).toEqual(BAD_VALUE);
    expect(await rejectionOf(test.gate.directory.passwordLinks.create(NAME))).toEqual(BAD_VALUE);
    expect(await signUps.approve(NAME, { by: 'administrator' })).toEqual({
      username: NAME,
      organization: 'johnsorg',
      roles: [],
      enabled: true,
    });
    expect((await tokenOf(test)).status).toBe(200);
    expect(await signUps.list('johnsorg')).toEqual([]);
    expect(await rejectionOf(signUps.approve(NAME))).toEqual(NOT_FOUND);
    expect(await rejectionOf(signUps.reject(NAME))).toEqual(NOT_FOUND);
    expect((await tokenOf(test)).status).toBe(200);
  });

  it('are removed if they are rejected, and the name is free', async () => {
    const test = await open();
    const { signUps, users } = test.gate.directory;
    await signUps.create(ZOE);
    expect(await rejectionOf(signUps.create({ ...ZOE, password: 'another-password' }))).toEqual(EXISTS);
    expect(await rejectionOf(users.create(ZOE))).toEqual(EXISTS);
    await signUps.reject(NAME);
    expect(await users.find(NAME)).toBeUndefined();
    expect(await signUps.list('johnsorg')).toEqual([]);
    expect(await rejectionOf(signUps.approve(NAME))).toEqual(NOT_FOUND);
    await signUps.create({ ...ZOE, password: 'another-password' });
    await signUps.approve(NAME);
    expect((await tokenOf(test)).status).toBe(400);
    expect((await tokenOf(test, 'another-password')).status).toBe(200);
  });

  it('expire after 30 days, after which the name is free and nothing can be approved', async () => {
    const test = await open();
    const { signUps, users } = test.gate.directory;
    await signUps.create(ZOE);
    test.clock.advance(30 * DAY - 1);
    expect(await signUps.list('johnsorg')).toHaveLength(1);
    test.clock.advance(1);
    expect(await rejectionOf(signUps.approve(NAME))).toEqual(NOT_FOUND);
    expect(await users.find(NAME)).toBeUndefined();
    expect(await signUps.list('johnsorg')).toEqual([]);
    expect(await users.create({ ...ZOE, roles: ['clerk'] })).toMatchObject({ enabled: true, roles: ['clerk'] });
    expect((await tokenOf(test)).status).toBe(200);
  });

  it('free their name for a new sign-up when they have expired, which removes the records of others as well', async () => {
    const test = await open();
    const { signUps } = test.gate.directory;
    for (const username of ['old', 'zoe']) await signUps.create({ ...ZOE, username });
    test.clock.advance(30 * DAY);
    const { expiresAt } = await signUps.create({ ...ZOE, password: 'another-password' });
    expect(expiresAt).toBe(Math.floor(test.clock.now()) + 30 * DAY);
    await until(async () => (await signUps.list('johnsorg')).length === 1);
    expect((await signUps.list('johnsorg'))[0]?.username).toBe(NAME);
  });

  it('are either approved or rejected, however the two meet', async () => {
    const test = await open();
    const { signUps, users } = test.gate.directory;
    for (let round = 0; round < 10; round += 1) {
      const username = `user${round}`;
      const name = `${username}@johnsorg`;
      await signUps.create({ ...ZOE, username });
      const [approved, rejected] = await Promise.allSettled([signUps.approve(name), signUps.reject(name)]);
      expect([approved.status, rejected.status].sort()).toEqual(['fulfilled', 'rejected']);
      expect((await users.find(name))?.enabled).toBe(approved.status === 'fulfilled' ? true : undefined);
    }
  });

  it('exist in organizations only, and never for a name that is taken', async () => {
    const test = await open();
    const { signUps } = test.gate.directory;
    expect(await rejectionOf(signUps.create({ ...ZOE, username: 'john@gmail.com' }))).toEqual(EXISTS);
    await until(async () => (await signUps.list('johnsorg')).length === 0);
    expect(await test.gate.directory.users.find(JOHN[0])).toMatchObject({ enabled: true });
    expect(await signUps.list('nowhere')).toEqual([]);
    expect(await signUps.list('no key')).toEqual([]);
    const bare = aGate({ ...(await freshStore()), organizations: [], users: [], applications: [] });
    const { username, password } = ZOE;
    expect(await rejectionOf(bare.gate.directory.signUps.create({ username, password }))).toEqual(BAD_VALUE);
  });

  it('stay disabled if the operator has disabled the user meanwhile, for administrators', async () => {
    const test = await open();
    const { signUps, users } = test.gate.directory;
    await signUps.create(ZOE);
    await users.disable(NAME);
    expect(await rejectionOf(signUps.approve(NAME, { by: 'administrator' }))).toEqual(BAD_VALUE);
    expect(await signUps.approve(NAME)).toMatchObject({ enabled: true });
  });
});
