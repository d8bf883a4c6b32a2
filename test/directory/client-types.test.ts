import type { ScopegateOptions } from 'scopegate';
import { BAD_VALUE, createApplication, EXISTS, pairOf } from '../support/gate/managed-directory';
import { aGate, JOHN, type TestGate, type TestScope } from '../support/gate/gate';
import { messageOf, rejectionOf } from '../support/expect/thrown';
import { everyStore } from '../support/stores/every-store';
import { statusOf } from '../support/gate/api-gate';
import { passwordForm } from '../support/tokens/forms';

const CALLBACK = 'https://app.example/callback';

describe.each(everyStore)('the type of a client in %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), ...overrides });

  /** A public application that was created at run time, with a client id. */
  const aPublicApplication = async ({ gate }: TestGate) => {
    const { applications } = gate.directory;
    const { id } = await applications.create({
      name: 'Browser app',
      owner: JOHN[0],
      public: true,
      redirectUris: [CALLBACK],
    });
    const { clientId } = await applications.generateClientId(id, { environment: 'production' });
    return { applications, id, clientId };
  };

  it('is confidential and has no redirect URIs unless the application says otherwise', async () => {
    const { gate } = await open();
    const made = await gate.directory.applications.create({ name: 'App', owner: JOHN[0] });
    expect(made).toMatchObject({ public: false, redirectUris: [] });
  });

  it('is public with a client id and without a secret', async () => {
    const { applications, id, clientId } = await aPublicApplication(await open());
    expect(await applications.find(id)).toMatchObject({
      public: true,
      redirectUris: [CALLBACK],
      keys: { production: { clientId, secrets: [] } },
    });
  });

  it('keeps the client id of a public application if it is generated again', async () => {
    const { applications, id, clientId } = await aPublicApplication(await open());
    expect(await applications.generateClientId(id, { environment: 'production' })).toEqual({ clientId });
    const sandbox = await applications.generateClientId(id, { environment: 'sandbox', clientId: 'imported' });
    expect(sandbox).toEqual({ clientId: 'imported' });
    const other = { environment: 'production', clientId: 'another' } as const;
    expect(await rejectionOf(applications.generateClientId(id, other))).toEqual(BAD_VALUE);
    const shared = { environment: 'sandbox', clientId } as const;
    expect(await rejectionOf(applications.generateClientId(id, shared))).toEqual(BAD_VALUE);
  });

  it('refuses to import a client id that another application has', async () => {
    const test = await open();
    const { applications, id } = await aPublicApplication(test);
    const { keys } = await createApplication(test);
    const taken = { environment: 'sandbox', clientId: keys.clientId } as const;
    expect(await rejectionOf(applications.generateClientId(id, taken))).toEqual(EXISTS);
  });

  it('refuses a secret for a public application, and a confidential one without a secret, with the cure', async () => {
    const test = await open();
    const { applications, id } = await aPublicApplication(test);
    expect(await messageOf(applications.generateKeys(id, { environment: 'production' }))).toBe(
      'ERR_SCOPEGATE_VALUE: the application is public, so its keys have no secrets; use generateClientId, or setPublic(id, false)',
    );
    const { info } = await createApplication(test);
    expect(await messageOf(applications.generateClientId(info.id, { environment: 'sandbox' }))).toBe(
      'ERR_SCOPEGATE_VALUE: the application is confidential, so its keys need a secret; use generateKeys, or setPublic(id, true)',
    );
    expect((await applications.find(info.id))?.keys).not.toHaveProperty('sandbox');
  });

  it.each([
    ['a public one without redirect URIs', { public: true }, 'redirectUris is missing: a public application'],
    [
      'a public one with a grant type that needs authentication',
      { public: true, redirectUris: [CALLBACK], grantTypes: ['authorization_code', 'password'] },
      'grantTypes may only have authorization_code and refresh_token for a public application',
    ],
    [
      'authorization_code without redirect URIs',
      { grantTypes: ['authorization_code'] },
      'redirectUris is missing: the grant type authorization_code needs it',
    ],
    ['an unsafe redirect URI', { redirectUris: ['http://app.example/cb'] }, 'redirectUris[0] must be https'],
    [
      'more than 20 redirect URIs',
      { redirectUris: Array.from({ length: 21 }, (_, index) => `https://a.example/${index}`) },
      'redirectUris must have at most 20 entries; got 21',
    ],
  ] as const)('refuses to create %s', async (_what, fields, message) => {
    const { gate } = await open();
    const creating = gate.directory.applications.create({ name: 'App', owner: JOHN[0], ...fields });
    expect(await messageOf(creating)).toContain(message);
  });

  it('sets and deletes redirect URIs, each once, and lets live tokens stay valid', async () => {
    const test = await open();
    const { info, keys } = await createApplication(test);
    const { applications } = test.gate.directory;
    const { access_token } = await test.signIn(JOHN, 'read', pairOf(keys));
    const uris = [CALLBACK, 'http://127.0.0.1/cb', CALLBACK];
    expect((await applications.setRedirectUris(info.id, uris)).redirectUris).toEqual([CALLBACK, 'http://127.0.0.1/cb']);
    expect((await applications.find(info.id))?.redirectUris).toEqual([CALLBACK, 'http://127.0.0.1/cb']);
    expect((await applications.setRedirectUris(info.id, [])).redirectUris).toEqual([]);
    expect(await statusOf(test.get('/me', access_token))).toBe(200);
  });

  it('refuses all redirect URIs if one of them is wrong, and names it', async () => {
    const test = await open();
    const { info } = await createApplication(test);
    const { applications } = test.gate.directory;
    await applications.setRedirectUris(info.id, [CALLBACK]);
    const setting = applications.setRedirectUris(info.id, ['https://b.example/', 'https://b.example/#x']);
    expect(await messageOf(setting)).toContain('redirectUris[1] must not have a fragment');
    expect((await applications.find(info.id))?.redirectUris).toEqual([CALLBACK]);
  });

  it('deletes the secrets and ends the grants of an application that becomes public', async () => {
    const test = await open();
    const { info, keys } = await createApplication(test);
    const { applications } = test.gate.directory;
    const { access_token } = await test.signIn(JOHN, 'read', pairOf(keys));
    const other = await test.signIn();
    const changed = await applications.setPublic(info.id, true);
    expect(changed).toMatchObject({ public: true, keys: { production: { clientId: keys.clientId, secrets: [] } } });
    expect(await statusOf(test.get('/me', access_token))).toBe(401);
    expect(await statusOf(test.token(passwordForm(JOHN), pairOf(keys)))).toBe(401);
    expect(await statusOf(test.get('/me', other.access_token))).toBe(200);
  });

  it('ends the grants of an application that becomes confidential, which then needs a new secret', async () => {
    const test = await open();
    const { applications, id, clientId } = await aPublicApplication(test);
    const issued = await test.gate.tokens.issue({ clientId, subject: JOHN[0], scopes: ['read'] });
    expect(await statusOf(test.get('/me', issued.accessToken))).toBe(200);
    expect(await applications.setPublic(id, false)).toMatchObject({ public: false });
    expect(await statusOf(test.get('/me', issued.accessToken))).toBe(401);
    const { clientSecret, ...keys } = await applications.generateKeys(id, { environment: 'production' });
    expect(keys.clientId).toBe(clientId);
    await test.signIn(JOHN, 'read', [clientId, clientSecret]);
  });
});
