import { aGate, APPLICATION, gateOptions, JANE, JOHN, silentLogger, type TestGate } from '../support/gate/gate';
import { rejectionOf } from '../support/expect/thrown';
import { collect } from '../support/stores/collect';
import { onRedis } from '../support/stores/every-store';
import { passwordForm, refreshForm } from '../support/tokens/forms';

const KEY = APPLICATION[0];
const SANDBOX = ['sandbox-key', 'sandbox-secret'] as const;

const declaredApplications = () => {
  const [declared] = gateOptions(silentLogger).applications ?? [];
  if (declared === undefined) throw new Error('the test gate declares an application');
  return [{ ...declared, sandbox: { consumerKey: SANDBOX[0], consumerSecret: SANDBOX[1] } }];
};

/** Two gates that declare records, and one on the same store that declares none. */
const started = async () => {
  const store = await onRedis();
  const declare = () => aGate({ ...store, applications: declaredApplications() });
  const [first, second] = [declare(), declare()];
  await Promise.all([first.gate.ready(), second.gate.ready()]);
  const { gate } = aGate({ ...store, organizations: [], users: [], applications: [], cache: false });
  return { first, second, declare, directory: gate.directory };
};

const passwordStatus = async ({ token }: TestGate, user = JOHN): Promise<number> =>
  (await token(passwordForm(user))).status;

/** Resolves once the answer is this one: a gate is notified of what another one changes. */
const eventually = async (expected: number, answer: () => Promise<number>): Promise<void> => {
  const end = Date.now() + 5_000;
  let last = await answer();
  while (last !== expected && Date.now() < end) last = await answer();
  expect(last).toBe(expected);
};

describe('a user that only other gates declare', () => {
  it('is listed apart from the own ones, with name, organization and roles', async () => {
    const { directory, first } = await started();
    expect(await collect(directory.users.list())).toEqual([]);
    expect(await directory.users.find(JOHN[0])).toBeUndefined();
    expect(await collect(directory.users.listDeclaredElsewhere())).toContainEqual({
      username: JOHN[0],
      organization: 'johnsorg',
      roles: ['clerk'],
      enabled: true,
    });
    expect(await collect(first.gate.directory.users.listDeclaredElsewhere())).toEqual([]);
  });

  it('can be disabled, which every gate applies and a later start keeps, and enabled again', async () => {
    const { directory, first, second, declare } = await started();
    const tokens = await first.signIn();
    expect(await directory.users.disable('JOHN@gmail.com@JohnsOrg')).toEqual({
      username: JOHN[0],
      organization: 'johnsorg',
      roles: ['clerk'],
      enabled: false,
      disabledBy: 'operator',
    });
    for (const tested of [first, second]) {
      await eventually(401, async () => (await tested.get('/me', tokens.access_token)).status);
      await eventually(400, () => passwordStatus(tested));
      expect(await passwordStatus(tested, JANE)).toBe(200);
    }
    expect((await first.token(refreshForm(tokens.refresh_token))).status).toBe(400);
    const later = declare();
    await later.gate.ready();
    expect(await passwordStatus(later)).toBe(400);
    expect(await directory.users.enable(JOHN[0])).toMatchObject({ enabled: true });
    for (const tested of [first, second, later]) await eventually(200, () => passwordStatus(tested));
  });

  it('stays disabled by the operator if an administrator disables or enables it', async () => {
    const { directory, first } = await started();
    await directory.users.disable(JOHN[0]);
    expect(await directory.users.disable(JOHN[0], { by: 'administrator' })).toMatchObject({ disabledBy: 'operator' });
    expect(await rejectionOf(directory.users.enable(JOHN[0], { by: 'administrator' }))).toMatchObject({
      code: 'ERR_SCOPEGATE_VALUE',
    });
    await eventually(400, () => passwordStatus(first));
  });

  it('is not mistaken for another name under the same key', async () => {
    const store = await onRedis();
    const strasse = { username: 'straße', organization: 'johnsorg', password: JOHN[1] };
    await aGate({ ...store, users: [strasse], applications: [] }).gate.ready();
    const { gate } = aGate({ ...store, organizations: [], users: [], applications: [] });
    expect(await rejectionOf(gate.directory.users.disable('strasse@johnsorg'))).toMatchObject({
      code: 'ERR_SCOPEGATE_NOT_FOUND',
    });
    expect(await gate.directory.users.disable('straße@johnsorg')).toMatchObject({ enabled: false });
  });

  it('cannot be enabled or disabled once no gate declares it', async () => {
    const { directory } = await started();
    await directory.users.remove(JANE[0]);
    for (const action of ['enable', 'disable'] as const) {
      expect(await rejectionOf(directory.users[action](JANE[0]))).toMatchObject({ code: 'ERR_SCOPEGATE_NOT_FOUND' });
    }
    const names = (await collect(directory.users.listDeclaredElsewhere())).map(({ username }) => username);
    expect(names).not.toContain(JANE[0]);
  });
});

describe('an application that only other gates declare', () => {
  it('is listed with its keys, without a secret', async () => {
    const { directory } = await started();
    expect(await collect(directory.applications.list())).toEqual([]);
    expect(await collect(directory.applications.listDeclaredElsewhere())).toEqual([
      {
        id: KEY,
        name: KEY,
        owner: JOHN[0],
        organization: 'johnsorg',
        subscriptions: [],
        introspect: false,
        redirectUris: [],
        public: false,
        enabled: true,
        keys: { production: { clientId: KEY, secrets: [] }, sandbox: { clientId: SANDBOX[0], secrets: [] } },
      },
    ]);
  });

  it.each([
    ['its first key', KEY],
    ['its sandbox key', SANDBOX[0]],
  ])('can be disabled by %s, which ends the grants of all keys, and enabled again', async (_name, key) => {
    const { directory, first, second } = await started();
    const tokens = await first.signIn();
    const ofSandbox = await first.signIn(JOHN, 'read', SANDBOX);
    expect(await directory.applications.disable(key)).toMatchObject({
      id: KEY,
      enabled: false,
      disabledBy: 'operator',
    });
    for (const tested of [first, second]) {
      for (const { access_token } of [tokens, ofSandbox]) {
        await eventually(401, async () => (await tested.get('/me', access_token)).status);
      }
      await eventually(401, () => passwordStatus(tested));
      await eventually(401, async () => (await tested.token(passwordForm(JOHN), SANDBOX)).status);
    }
    expect(await collect(directory.applications.listDeclaredElsewhere())).toMatchObject([{ enabled: false }]);
    expect(await directory.applications.enable(key)).toMatchObject({ id: KEY, enabled: true });
    await eventually(200, () => passwordStatus(second));
  });

  it('cannot be disabled by a key that is not registered', async () => {
    const { directory } = await started();
    for (const action of ['enable', 'disable'] as const) {
      expect(await rejectionOf(directory.applications[action]('unknown'))).toMatchObject({
        code: 'ERR_SCOPEGATE_NOT_FOUND',
      });
    }
  });
});

describe('an organization that only other gates declare', () => {
  it('is listed, and users can be created in it', async () => {
    const { directory, first } = await started();
    expect(await collect(directory.organizations.listDeclaredElsewhere())).toEqual([
      { key: 'johnsorg', enabled: true },
    ]);
    const kim = { username: 'kim', organization: 'JohnsOrg', password: 'kims-own-password' };
    expect(await directory.users.create(kim)).toMatchObject({ username: 'kim@johnsorg', organization: 'johnsorg' });
    expect(await passwordStatus(first, ['kim@johnsorg', kim.password])).toBe(200);
    expect(await rejectionOf(directory.users.create({ ...kim, organization: 'other' }))).toMatchObject({
      code: 'ERR_SCOPEGATE_NOT_FOUND',
    });
  });
});

describe('unlock', () => {
  it('deletes the failed sign-ins of a user, on all gates and whichever gate declares it', async () => {
    const { directory, first, second } = await started();
    const wrong = [JOHN[0], 'wrong-password'] as const;
    for (let failure = 0; failure < 12; failure += 1) expect(await passwordStatus(first, wrong)).toBe(400);
    for (const tested of [first, second]) expect(await passwordStatus(tested)).toBe(400);
    await directory.users.unlock('JOHN@gmail.com@johnsorg');
    for (const tested of [first, second]) expect(await passwordStatus(tested)).toBe(200);
    await directory.users.unlock('unknown'); // is not an error
  });
});
