import { BUILD_DEADLINE_MS, buildCommand, freshPath, runCommand, runJson } from '../support/cli/command';
import { existsSync } from 'node:fs';
import { aCommandedGate, expectEventually } from '../support/cli/commanded-gate';
import { APPLICATION, JOHN } from '../support/gate/gate';
import { refreshForm } from '../support/tokens/forms';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

const CALLBACK = 'https://app.example/callback';
const LOOPBACK = 'http://127.0.0.1/callback';

/** A public application that was created by the command, with a key, on the store of a running gate. */
const aPublicApplication = async () => {
  const { tested, store } = await aCommandedGate();
  const uris = ['--redirect-uri', CALLBACK, '--redirect-uri', LOOPBACK];
  const made = await runJson([
    'applications',
    'create',
    'Browser app',
    '--owner',
    JOHN[0],
    '--public',
    ...uris,
    ...store,
  ]);
  const { id } = made as { readonly id: string };
  const keys = await runJson(['applications', 'generate-keys', id, '--environment', 'production', ...store]);
  return { tested, store, id, made, keys, clientId: (keys as { readonly clientId: string }).clientId };
};

describe('scopegate applications', () => {
  it('creates a public application with redirect URIs, whose key has no secret', async () => {
    const { tested, store, id, made, keys, clientId } = await aPublicApplication();
    expect(made).toMatchObject({ public: true, redirectUris: [CALLBACK, LOOPBACK], declared: false });
    expect(keys).toEqual({ name: 'Browser app', environment: 'production', clientId });
    const { refreshToken = '' } = await tested.gate.tokens.issue({ clientId, subject: JOHN[0], scopes: ['read'] });
    expect((await tested.token({ ...refreshForm(refreshToken), client_id: clientId }, null)).status).toBe(200);
    const { stdout } = await runCommand(['applications', 'show', id, ...store]);
    expect(stdout).toMatch(/^type: +public$/m);
    expect(stdout).toMatch(/^redirect URIs: +https:\/\/app\.example\/callback, http:\/\/127\.0\.0\.1\/callback$/m);
    const again = await runCommand(['applications', 'generate-keys', id, '--environment', 'production', ...store]);
    expect(again.stdout).toBe(
      `The application Browser app is public: its production key has no secret\nconsumer key:    ${clientId}\n`,
    );
  });

  it('refuses the options of a secret for a public application, and writes no file', async () => {
    const { store, id } = await aPublicApplication();
    const out = freshPath();
    const args = ['applications', 'generate-keys', id, '--environment', 'sandbox', '--out', out, ...store];
    const { code, stderr } = await runCommand(args);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'The application is public, so its keys have no secrets: leave out --out, or use applications set-confidential first\n',
    });
    expect(existsSync(out)).toBe(false);
  });

  it('replaces and deletes redirect URIs, and names a wrong one', async () => {
    const { tested, store, id } = await aPublicApplication();
    const setting = ['applications', 'set-redirect-uris', id];
    const changed = await runCommand([...setting, '--redirect-uri', 'com.example.app:/cb', ...store]);
    expect(changed).toMatchObject({ code: 0, stdout: 'The application Browser app has 1 redirect URI\n' });
    const wrong = await runCommand([
      ...setting,
      '--redirect-uri',
      CALLBACK,
      '--redirect-uri',
      'http://x.example/',
      ...store,
    ]);
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('redirectUris[1] must be https') as string,
    });
    const { applications } = tested.gate.directory;
    expect(await applications.find(id)).toMatchObject({ redirectUris: ['com.example.app:/cb'] });
    expect(await runJson([...setting, '--redirect-uri', 'none', ...store])).toMatchObject({ redirectUris: [] });
    expect(await runCommand([...setting, ...store])).toMatchObject({ code: 2 });
  });

  it('changes the type of a client, which ends its tokens on a running gate', async () => {
    const { tested, store, id, clientId } = await aPublicApplication();
    const { accessToken } = await tested.gate.tokens.issue({ clientId, subject: JOHN[0], scopes: ['read'] });
    await tested.get('/me', accessToken).expect(200);
    expect(await runJson(['applications', 'set-confidential', id, ...store])).toMatchObject({ public: false });
    await expectEventually(401, async () => (await tested.get('/me', accessToken)).status);
    const keys = await runJson(['applications', 'generate-keys', id, '--environment', 'production', ...store]);
    expect(keys).toMatchObject({ clientId, clientSecret: expect.any(String) as string });
    const opened = await runCommand(['applications', 'set-public', id, ...store]);
    expect(opened).toMatchObject({
      code: 0,
      stdout: 'The application Browser app is public; its secrets are deleted, and its tokens have ended\n',
    });
  });

  it('changes neither for a declared application, and names the option to change', async () => {
    const { store } = await aCommandedGate();
    const uris = await runCommand([
      'applications',
      'set-redirect-uris',
      APPLICATION[0],
      '--redirect-uri',
      CALLBACK,
      ...store,
    ]);
    expect(uris).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('change its redirectUris in the options') as string,
    });
    const type = await runCommand(['applications', 'set-public', APPLICATION[0], ...store]);
    expect(type).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('change its public in the options') as string,
    });
  });
});
