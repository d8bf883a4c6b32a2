import { BUILD_DEADLINE_MS, buildCommand, fileWith, runCommand, runJson } from '../support/cli/command';
import { aCommandedGate, expectEventually } from '../support/cli/commanded-gate';
import { APPLICATION, JANE, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import { passwordForm } from '../support/tokens/forms';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const statusOf = async ({ token }: TestGate, user: Pair = JOHN, client: Pair = APPLICATION): Promise<number> =>
  (await token(passwordForm(user), client)).status;

describe('scopegate applications', () => {
  it('lists declared applications and those that were created at run time, without secrets', async () => {
    const { tested, store } = await aCommandedGate();
    const { applications } = tested.gate.directory;
    const { id } = await applications.create({ name: 'Run time', owner: JOHN[0] });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const listed = await runJson(['applications', 'list', ...store]);
    expect(listed).toMatchObject([
      { id, name: 'Run time', declared: false, enabled: true, keys: { production: { clientId } } },
      { id: APPLICATION[0], declared: true, enabled: true, keys: { production: { clientId: APPLICATION[0] } } },
    ]);
    const { stdout } = await runCommand(['applications', 'list', ...store]);
    expect(stdout).toMatch(new RegExp(`^Run time +${clientId} +john@gmail\\.com@johnsorg +- +enabled +created$`, 'm'));
    for (const secret of [clientSecret, `"${APPLICATION[1]}"`]) {
      expect(JSON.stringify(listed) + stdout).not.toContain(secret);
    }
  });

  it('disables a declared application on a running gate, and enables it again', async () => {
    const { tested, store } = await aCommandedGate();
    const { access_token } = await tested.signIn();
    const disabled = await runJson(['applications', 'disable', APPLICATION[0], ...store]);
    expect(disabled).toMatchObject({ id: APPLICATION[0], enabled: false, disabledBy: 'operator', declared: true });
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
    await expectEventually(401, () => statusOf(tested));
    const { stdout } = await runCommand(['applications', 'list', ...store]);
    expect(stdout).toContain('disabled by operator');
    expect(await runJson(['applications', 'enable', APPLICATION[0], ...store])).toMatchObject({ enabled: true });
    await expectEventually(200, () => statusOf(tested));
  });

  it('disables an application that was created at run time, by its key', async () => {
    const { tested, store } = await aCommandedGate();
    const { applications } = tested.gate.directory;
    const { id } = await applications.create({ name: 'App', owner: JOHN[0] });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'sandbox' });
    const { access_token } = await tested.signIn(JOHN, 'read', [clientId, clientSecret]);
    expect((await runCommand(['applications', 'disable', clientId, ...store])).code).toBe(0);
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
    expect(await applications.find(id)).toMatchObject({ enabled: false, disabledBy: 'operator' });
  });

  it('exits with 1 for a key that no application has', async () => {
    const { store } = await aCommandedGate();
    for (const action of ['disable', 'enable']) {
      const { code, stderr } = await runCommand(['applications', action, 'unknown', ...store]);
      expect({ code, stderr }).toEqual({ code: 1, stderr: 'There is no application with this consumer key\n' });
    }
  });
});

describe('scopegate users', () => {
  it('creates a user in a declared organization with a password from standard input', async () => {
    const { tested, store } = await aCommandedGate();
    const created = await runJson(['users', 'create', 'kim@gmail.com@johnsorg', '--roles', 'clerk,manager', ...store], {
      input: 'kims-own-password\n',
    });
    expect(created).toEqual({
      username: 'kim@gmail.com@johnsorg',
      organization: 'johnsorg',
      roles: ['clerk', 'manager'],
      enabled: true,
      declared: false,
    });
    await tested.signIn(['kim@gmail.com@johnsorg', 'kims-own-password']);
    const again = await runCommand(['users', 'create', 'kim@gmail.com@johnsorg', ...store], { input: 'kims-password' });
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('already exists') as string });
  });

  it('sets a password from a file, which ends the tokens of the user, and never prints it', async () => {
    const { tested, store } = await aCommandedGate();
    const kim = { username: 'kim', organization: 'johnsorg', password: 'kims-first-password' };
    await tested.gate.directory.users.create(kim);
    const { access_token } = await tested.signIn(['kim@johnsorg', kim.password]);
    const file = fileWith('kims-next-password\n');
    const { code, stdout, stderr } = await runCommand([
      ...['users', 'set-password', 'kim@johnsorg', '--password-file', file],
      ...store,
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('kims-next-password');
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
    await tested.signIn(['kim@johnsorg', 'kims-next-password']);
    const refused = await runCommand(['users', 'set-password', 'kim@johnsorg', ...store], { input: 'short-1' });
    expect(refused.code).toBe(1);
    expect(refused.stderr + refused.stdout).not.toContain('short-1');
  });

  it('does not set the password of a declared user', async () => {
    const { store } = await aCommandedGate();
    const { code, stderr } = await runCommand(['users', 'set-password', JOHN[0], ...store], { input: 'new-password' });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('is declared') as string });
  });

  it('disables a declared user on a running gate, lists the user, and enables the user again', async () => {
    const { tested, store } = await aCommandedGate();
    const { access_token } = await tested.signIn();
    const disabled = await runJson(['users', 'disable', 'JOHN@gmail.com@johnsorg', ...store]);
    expect(disabled).toMatchObject({ username: JOHN[0], enabled: false, declared: true });
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
    await expectEventually(400, () => statusOf(tested));
    expect(await statusOf(tested, JANE)).toBe(200);
    expect(await runJson(['users', 'list', ...store])).toContainEqual({
      username: JOHN[0],
      organization: 'johnsorg',
      roles: ['clerk'],
      enabled: false,
      disabledBy: 'operator',
      declared: true,
    });
    expect((await runCommand(['users', 'list', ...store])).stdout).toMatch(
      /^john@gmail\.com@johnsorg +clerk +disabled by operator +declared$/m,
    );
    await runJson(['users', 'enable', JOHN[0], ...store]);
    await expectEventually(200, () => statusOf(tested));
  });

  it('unlocks a user after too many failed sign-ins', async () => {
    const { tested, store } = await aCommandedGate();
    for (let failure = 0; failure < 12; failure += 1) await statusOf(tested, [JOHN[0], 'wrong-password']);
    expect(await statusOf(tested)).toBe(400);
    expect(await runJson(['users', 'unlock', JOHN[0], ...store])).toEqual({ unlocked: { user: JOHN[0] } });
    expect(await statusOf(tested)).toBe(200);
  });

  it.each(['disable', 'enable', 'unlock', 'set-password'])(
    'exits with 1 if the user to %s is unknown',
    async (action) => {
      const { store } = await aCommandedGate();
      const { code, stderr } = await runCommand(['users', action, 'unknown', ...store], { input: 'any-password' });
      expect({ code, stderr }).toEqual({ code: 1, stderr: 'There is no user of this name\n' });
    },
  );
});
