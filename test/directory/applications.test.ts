import type { ScopegateOptions } from 'scopegate';
import { everyStore } from '../support/stores/every-store';
import { aGate, JOHN, type TestGate, type TestScope } from '../support/gate/gate';
import { collect } from '../support/stores/collect';
import { rejectionOf } from '../support/expect/thrown';
import { passwordForm, refreshForm } from '../support/tokens/forms';
import { BAD_VALUE, createApplication, DECLARED, NOT_FOUND, pairOf } from '../support/gate/managed-directory';
import { statusOf } from '../support/gate/api-gate';

describe.each(everyStore)('management in %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}): Promise<TestGate> =>
    aGate({ ...(await freshStore()), ...overrides });

  describe('of applications', () => {
    test('creates them without keys, finds them by their id, and lists them after the declared ones', async () => {
      const { gate } = await open();
      const { applications } = gate.directory;
      const made = await applications.create({
        name: 'Made app',
        owner: JOHN[0],
        grantTypes: ['password'],
        scopes: ['read'],
      });
      expect(made).toEqual({
        id: expect.stringMatching(/^[A-Za-z0-9_-]{16}$/),
        name: 'Made app',
        owner: JOHN[0],
        organization: 'johnsorg',
        grantTypes: ['password'],
        subscriptions: [],
        scopes: ['read'],
        introspect: false,
        redirectUris: [],
        public: false,
        enabled: true,
        keys: {},
      });
      expect(await applications.find(made.id)).toEqual(made);
      expect(await applications.find('nothing')).toBeUndefined();
      expect((await collect(applications.list())).map(({ name }) => name)).toEqual(['Orders app', 'Made app']);
    });

    test('requires valid values', async () => {
      const { applications } = (await open()).gate.directory;
      for (const name of ['', 'a\nb', 'x'.repeat(101)])
        expect(await rejectionOf(applications.create({ name }))).toEqual(BAD_VALUE);
      expect(await rejectionOf(applications.create({ name: 'a', owner: 'no-organization' }))).toEqual(BAD_VALUE);
      expect(await rejectionOf(applications.create({ name: 'a', owner: 'x@nowhere' }))).toEqual(NOT_FOUND);
      expect(await rejectionOf(applications.create({ name: 'a', scopes: ['raed'] }))).toEqual(BAD_VALUE);
      expect(await rejectionOf(applications.create({ name: 'a', subscriptions: ['nothing'] }))).toEqual(BAD_VALUE);
      const grantTypes = ['passwrod'] as unknown as readonly ['password'];
      expect(await rejectionOf(applications.create({ name: 'a', grantTypes }))).toEqual(BAD_VALUE);
      expect(await collect(applications.list())).toHaveLength(1);
    });

    test('subscribes them to declared APIs, and ends their access tokens when they unsubscribe', async () => {
      const apis = { orders: { resources: [] }, stock: { resources: [] } };
      const test = await open({ apis });
      const { info, keys } = await createApplication(test);
      const { applications } = test.gate.directory;
      expect((await applications.subscribe(info.id, 'orders')).subscriptions).toEqual(['orders']);
      expect((await applications.subscribe(info.id, 'orders')).subscriptions).toEqual(['orders']);
      expect((await applications.subscribe(info.id, 'stock')).subscriptions).toEqual(['orders', 'stock']);
      expect(await rejectionOf(applications.subscribe(info.id, 'nothing'))).toEqual(BAD_VALUE);

      const { access_token, refresh_token } = await test.signIn(JOHN, 'read', pairOf(keys));
      expect((await applications.unsubscribe(info.id, 'orders')).subscriptions).toEqual(['stock']);
      expect(await statusOf(test.get('/me', access_token))).toBe(401);
      expect(await statusOf(test.token(refreshForm(refresh_token), pairOf(keys)))).toBe(200);
    });

    test('S-072 S-135 refuses disabled ones immediately, and ends all their grants', async () => {
      const test = await open();
      const { info, keys } = await createApplication(test);
      const { applications } = test.gate.directory;
      const { access_token, refresh_token } = await test.signIn(JOHN, undefined, pairOf(keys));
      const other = await test.signIn();

      expect(await applications.disable(info.id)).toMatchObject({ enabled: false });
      expect(await statusOf(test.token(passwordForm(JOHN), pairOf(keys)))).toBe(401);
      expect(await statusOf(test.token(refreshForm(refresh_token), pairOf(keys)))).toBe(401);
      expect(await statusOf(test.get('/me', access_token))).toBe(401);
      expect(await statusOf(test.get('/me', other.access_token))).toBe(200);

      expect(await applications.enable(info.id)).toMatchObject({ enabled: true });
      expect(await statusOf(test.get('/me', access_token))).toBe(401);
      expect((await test.token(refreshForm(refresh_token), pairOf(keys))).body).toMatchObject({
        error: 'invalid_grant',
      });
      await test.signIn(JOHN, undefined, pairOf(keys));
    });

    test('S-072 removes one with its keys and grants, and frees the keys', async () => {
      const test = await open();
      const { info, keys } = await createApplication(test);
      const { applications } = test.gate.directory;
      const { access_token, refresh_token } = await test.signIn(JOHN, undefined, pairOf(keys));
      await applications.remove(info.id);
      expect(await applications.find(info.id)).toBeUndefined();
      expect(await statusOf(test.token(passwordForm(JOHN), pairOf(keys)))).toBe(401);
      expect(await statusOf(test.get('/me', access_token))).toBe(401);

      const { id } = await applications.create({ name: 'Again', owner: JOHN[0] });
      const { clientId, clientSecret } = keys;
      await applications.generateKeys(id, { environment: 'production', clientId, clientSecret });
      expect((await test.token(refreshForm(refresh_token), pairOf(keys))).body).toMatchObject({
        error: 'invalid_grant',
      });
      await test.signIn(JOHN, undefined, pairOf(keys));
    });

    test('does not change declared ones', async () => {
      const test = await open({ apis: { orders: { resources: [] } } });
      const { applications } = test.gate.directory;
      const [own] = await collect(applications.list());
      const id = own?.id ?? '';
      const secretId = own?.keys.production?.secrets[0]?.id ?? '';
      const { access_token } = await test.signIn();
      const acts = [
        () => applications.generateKeys(id, { environment: 'production' }),
        () => applications.generateKeys(id, { environment: 'sandbox', clientId: 'imported', clientSecret: 's' }),
        () => applications.revokeSecret(id, secretId),
        () => applications.subscribe(id, 'orders'),
        () => applications.unsubscribe(id, 'orders'),
        () => applications.remove(id),
      ];
      for (const act of acts) expect(await rejectionOf(act())).toEqual(DECLARED);
      expect(await statusOf(test.get('/me', access_token))).toBe(200);
      await test.signIn();

      // A refused order takes nothing away from others.
      const other = await applications.create({ name: 'Other', owner: JOHN[0] });
      await applications.generateKeys(other.id, { environment: 'production', clientId: 'imported', clientSecret: 's' });
      await test.signIn(JOHN, undefined, ['imported', 's']);
    });

    test('rejects for missing ones', async () => {
      const { applications } = (await open({ apis: { orders: { resources: [] } } })).gate.directory;
      const acts = [
        () => applications.generateKeys('no', { environment: 'production' }),
        () => applications.revokeSecret('no', 'x'),
        () => applications.subscribe('no', 'orders'),
        () => applications.unsubscribe('no', 'orders'),
        () => applications.enable('no'),
        () => applications.disable('no'),
        () => applications.remove('no'),
      ];
      for (const act of acts) expect(await rejectionOf(act())).toEqual(NOT_FOUND);
    });
  });
});
