import { BUILD_DEADLINE_MS, buildCommand, fileWith, runCommand, runJson } from '../support/cli/command';
import { aCommandedGate, expectEventually } from '../support/cli/commanded-gate';
import { APPLICATION, JANE, JOHN } from '../support/gate/gate';
import { refreshForm } from '../support/tokens/forms';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

describe('scopegate tokens list', () => {
  it.each([
    ['a user', '--user', 'JOHN@gmail.com@JohnsOrg'],
    ['a client', '--client', APPLICATION[0]],
  ])('prints the grants of %s, without a token', async (_name, flag, value) => {
    const { tested, store } = await aCommandedGate();
    const tokens = await tested.signIn(JOHN, 'read update');
    const listed = await runJson(['tokens', 'list', flag, value, ...store]);
    expect(listed).toEqual([
      {
        grantId: expect.any(String) as string,
        clientId: APPLICATION[0],
        subject: JOHN[0],
        organization: 'johnsorg',
        environment: 'production',
        scopes: ['read', 'update'],
        accessToken: { issuedAt: expect.any(Number) as number, expiresAt: expect.any(Number) as number },
        refreshToken: { expiresAt: expect.any(Number) as number },
      },
    ]);
    const text = await runCommand(['tokens', 'list', flag, value, ...store]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^GRANT +CLIENT +USER .*\n\S+ +key +john@gmail\.com@johnsorg +production +read update/);
    for (const secret of [tokens.access_token, tokens.refresh_token]) {
      expect(JSON.stringify(listed) + text.stdout).not.toContain(secret);
    }
  });

  it('prints an empty list for a user without tokens', async () => {
    const { store } = await aCommandedGate();
    expect(await runJson(['tokens', 'list', '--user', 'unknown', ...store])).toEqual([]);
  });
});

describe('scopegate tokens revoke', () => {
  it('ends all tokens of a declared user on a running gate, and no others', async () => {
    const { tested, store } = await aCommandedGate();
    const [johns, janes] = [await tested.signIn(), await tested.signIn(JANE)];
    expect((await tested.get('/me', johns.access_token)).status).toBe(200);
    const revoked = await runJson(['tokens', 'revoke', '--user', 'John@gmail.com@johnsorg', ...store]);
    expect(revoked).toEqual({ revoked: { user: 'John@gmail.com@johnsorg' }, ended: true });
    await expectEventually(401, async () => (await tested.get('/me', johns.access_token)).status);
    expect((await tested.token(refreshForm(johns.refresh_token))).status).toBe(400);
    expect((await tested.get('/me', janes.access_token)).status).toBe(200);
    await tested.signIn();
  });

  it('ends all tokens of a client on a running gate', async () => {
    const { tested, store } = await aCommandedGate();
    const { access_token } = await tested.signIn();
    const { code, stdout } = await runCommand(['tokens', 'revoke', '--client', APPLICATION[0], ...store]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All tokens of the client key are revoked\n' });
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
  });

  it('ends the tokens of a user that a function provides, whose name is not in normal form', async () => {
    const { tested, store } = await aCommandedGate({
      organizations: [],
      applications: [{ name: 'App', consumerKey: APPLICATION[0], consumerSecret: APPLICATION[1] }],
      users: async (username) => ({ id: `CN=${username}`, roles: [] }),
    });
    const { access_token } = await tested.signIn(['Ana', 'any']);
    expect(await runJson(['tokens', 'list', '--user', 'CN=Ana', ...store])).toHaveLength(1);
    await runJson(['tokens', 'revoke', '--user', 'CN=Ana', ...store]);
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
  });

  it.each(['a file', 'standard input'])('ends the grant of a token that is read from %s', async (source) => {
    const { tested, store } = await aCommandedGate();
    const { access_token, refresh_token } = await tested.signIn();
    const isFile = source === 'a file';
    const args = ['tokens', 'revoke', '--token-file', isFile ? fileWith(`${refresh_token}\n`) : '-', ...store];
    const inputs = isFile ? {} : { input: `${refresh_token}\n` };
    const { code, stdout, stderr } = await runCommand(args, inputs);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain(refresh_token);
    await expectEventually(401, async () => (await tested.get('/me', access_token)).status);
    expect(await runJson(args, inputs, 1)).toEqual({ revoked: { token: true }, ended: false });
  });

  it.each([
    ['a user', ['--user', 'unknown']],
    ['a client', ['--client', 'unknown']],
  ])('exits with 1 for %s that does not exist', async (_name, owner) => {
    const { store } = await aCommandedGate();
    expect(await runJson(['tokens', 'revoke', ...owner, ...store], {}, 1)).toMatchObject({
      error: { code: 'problem' },
    });
  });
});
